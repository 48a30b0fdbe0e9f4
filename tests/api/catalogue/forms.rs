//! Three forms of one graph, and HTTP around them.

use std::collections::BTreeSet;

use serde_json::json;

use super::{FORMS, all, get, graph, harvest, of, only, published, settled};

const CC0: &str = "http://creativecommons.org/publicdomain/zero/1.0/";

#[tokio::test]
async fn the_three_forms_are_one_graph_by_suffix_and_by_accept() {
    let app = published(&[]).await;
    app.budget(2024).await;
    let harvested = harvest(&app).await;
    assert!(harvested.len() > 200, "{}", harvested.len());
    for (suffix, media_type) in FORMS {
        let by_suffix = get(&app, &format!("/datasets/dcat{suffix}")).await;
        let by_suffix = by_suffix.expect(200);
        assert_eq!(by_suffix.header("content-type"), media_type);
        assert_eq!(graph(&by_suffix), harvested, "{suffix}");
        let by_accept = app.outside("GET", "/datasets/dcat");
        let by_accept = by_accept.header("accept", media_type).send().await;
        assert_eq!(by_accept.header("content-type"), media_type);
        assert_eq!(by_accept.body, by_suffix.body);
        assert_eq!(by_accept.header("vary"), "Accept, Accept-Encoding");
    }
}

#[tokio::test]
async fn rdf_xml_is_what_nobody_has_to_ask_for() {
    let app = published(&[]).await;
    for accept in ["", "*/*", "application/*", "text/html, */*;q=0.1"] {
        let request = app.outside("GET", "/datasets/dcat");
        let answer = match accept {
            "" => request.send().await,
            accept => request.header("accept", accept).send().await,
        };
        let answer = answer.expect(200);
        assert_eq!(answer.header("content-type"), "application/rdf+xml");
        assert!(
            answer
                .text()
                .starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
        );
    }
    let turtle = app.outside("GET", "/datasets/dcat");
    let turtle = turtle.header("accept", "application/rdf+xml;q=0.5, text/turtle");
    let turtle = turtle.send().await.expect(200);
    assert_eq!(turtle.header("content-type"), "text/turtle");
    assert!(
        turtle.text().contains(" a dcat:Catalog ;"),
        "prefixes are used"
    );
}

#[tokio::test]
async fn what_is_asked_wrongly_is_a_problem() {
    let app = published(&[]).await;
    for path in ["/datasets/dcat", "/datasets/dcat.rdf", "/datasets/dcat.ttl"] {
        get(&app, &format!("{path}?page=1"))
            .await
            .problem(400, "invalidQuery");
        app.outside("POST", path)
            .send()
            .await
            .problem(405, "methodNotAllowed");
    }
    let html = app
        .outside("GET", "/datasets/dcat")
        .header("accept", "text/html");
    html.send().await.problem(406, "notAcceptable");
    // The end of the address goes before what the client takes, as format does.
    let turtle = app
        .outside("GET", "/datasets/dcat.ttl")
        .header("accept", "application/ld+json");
    let turtle = turtle.send().await.expect(200);
    assert_eq!(turtle.header("content-type"), "text/turtle");
    for path in [
        "/datasets/dcat/",
        "/datasets/dcat.xml",
        "/datasets",
        "/malbild/v1/datasets/dcat",
    ] {
        get(&app, path).await.problem(404, "unknownPath");
    }
}

#[tokio::test]
async fn a_harvester_that_has_it_already_is_told_so_by_etag_and_by_date() {
    let app = published(&[]).await;
    app.budget(2024).await;
    let first = settled(&app).await;
    let date = first.header("last-modified").to_owned();
    assert!(date.ends_with(" GMT"), "{date}");
    assert_eq!(first.header("cache-control"), "public, no-cache");
    let asked = |name: &'static str, value: String| {
        app.outside("GET", "/datasets/dcat")
            .header(name, &value)
            .send()
    };
    for unchanged in [
        asked("if-none-match", first.etag().to_owned()).await,
        asked("if-modified-since", date.clone()).await,
    ] {
        let unchanged = unchanged.expect(304);
        assert_eq!(unchanged.etag(), first.etag());
        assert_eq!(unchanged.header("last-modified"), date);
        assert!(unchanged.body.is_empty());
    }
    asked(
        "if-modified-since",
        "Thu, 01 Jan 2015 00:00:00 GMT".to_owned(),
    )
    .await
    .expect(200);
    // The ETag knows better than the date.
    let both = app
        .outside("GET", "/datasets/dcat")
        .header("if-modified-since", &date);
    both.header("if-none-match", "\"another\"")
        .send()
        .await
        .expect(200);
    let head = app
        .outside("HEAD", "/datasets/dcat")
        .send()
        .await
        .expect(200);
    assert!(head.body.is_empty());
    assert_eq!(
        (head.etag(), head.header("last-modified")),
        (first.etag(), date.as_str())
    );
    let turtle = get(&app, "/datasets/dcat.ttl").await;
    assert_ne!(
        turtle.etag(),
        first.etag(),
        "each form has an ETag of its own"
    );
}

#[tokio::test]
async fn a_page_of_another_origin_may_read_it_and_send_no_credentials() {
    let app = published(&["--security-contact=security@example.se"]).await;
    for path in [
        "/datasets/dcat",
        "/datasets/dcat.jsonld",
        "/.well-known/api-catalog",
        "/.well-known/security.txt",
        "/robots.txt",
        "/malbild/v1/config",
        "/malbild/v1/openapi.json",
    ] {
        let read = app
            .outside("GET", path)
            .header("origin", "https://www.dataportal.se");
        let read = read.send().await.expect(200);
        let preflight = app
            .outside("OPTIONS", path)
            .header("origin", "https://www.dataportal.se");
        let preflight = preflight.header("access-control-request-method", "GET");
        let preflight = preflight.send().await.expect(204);
        for answer in [&read, &preflight] {
            assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
            assert_eq!(
                answer.header("access-control-allow-credentials"),
                "",
                "{path}"
            );
        }
        assert_eq!(
            preflight.header("access-control-allow-methods"),
            "GET, HEAD, OPTIONS"
        );
        let allowed = preflight.header("access-control-allow-headers");
        assert!(allowed.contains("If-Modified-Since"), "{allowed}");
        assert!(
            !allowed.to_lowercase().contains("authorization"),
            "{allowed}"
        );
    }
}

#[tokio::test]
async fn the_catalogue_says_what_is_set_and_what_there_is() {
    let app = published(&[
        "--catalogue-themes=GOVE,SOCI",
        "--catalogue-periodicity=ANNUAL",
        "--catalogue-spatial=http://sws.geonames.org/2685745/",
        "--publisher-url=https://www.ostersund.se",
    ])
    .await;
    let graph = harvest(&app).await;
    let named = |name: &str| format!("{}/datasets/dcat#{name}", app.base);
    let catalogue = named("catalogue");
    let publisher = "http://dataportal.se/organisation/SE2120002528";
    assert_eq!(only(&graph, &catalogue, "dcterms:license"), CC0);
    assert_eq!(only(&graph, &catalogue, "dcterms:publisher"), publisher);
    assert_eq!(only(&graph, publisher, "foaf:name"), "Östersunds kommun");
    assert_eq!(only(&graph, publisher, "dcterms:identifier"), "2120002528");
    assert_eq!(
        only(&graph, publisher, "foaf:homepage"),
        "https://www.ostersund.se"
    );
    let kind = "http://purl.org/adms/publishertype/LocalAuthority";
    assert_eq!(only(&graph, publisher, "dcterms:type"), kind);
    assert_eq!(
        only(&graph, &named("contact"), "vcard:hasEmail"),
        "mailto:oppnadata@example.se"
    );
    let themes = "http://publications.europa.eu/resource/authority/data-theme";
    let themes = BTreeSet::from([format!("{themes}/GOVE"), format!("{themes}/SOCI")]);
    let datasets = BTreeSet::from(["goals", "values", "changes"].map(named));
    assert_eq!(all(&graph, "dcat:Dataset"), datasets);
    assert_eq!(of(&graph, &catalogue, "dcat:dataset"), datasets);
    for dataset in &datasets {
        assert_eq!(of(&graph, dataset, "dcat:theme"), themes);
        assert_eq!(only(&graph, dataset, "dcat:contactPoint"), named("contact"));
        assert_eq!(
            only(&graph, dataset, "dcterms:spatial"),
            "http://sws.geonames.org/2685745/"
        );
        let title = of(&graph, dataset, "dcterms:title");
        assert_eq!(title.len(), 2, "{title:?}");
        assert!(
            title
                .iter()
                .all(|title| title.ends_with(" – Östersunds kommun"))
        );
    }
    let frequency = only(&graph, &named("goals"), "dcterms:accrualPeriodicity");
    assert!(frequency.ends_with("/frequency/ANNUAL"), "{frequency}");
    let api = named("api");
    assert_eq!(only(&graph, &api, "dcat:endpointURL"), app.url(""));
    let openapi = app.url("/openapi.json");
    assert_eq!(only(&graph, &api, "dcat:endpointDescription"), openapi);
    assert_eq!(of(&graph, &api, "dcat:servesDataset"), datasets);
    let json = named("goals-json");
    assert_eq!(only(&graph, &json, "dcat:accessService"), api);
    assert_eq!(only(&graph, &json, "dcterms:conformsTo"), openapi);
    assert_eq!(only(&graph, &json, "dcterms:license"), CC0);
}

/// What a distribution leads to and of which type it is.
fn addresses(graph: &oxrdf::Graph) -> Vec<(String, String, bool)> {
    let mut found = Vec::new();
    for form in all(graph, "dcat:Distribution") {
        let media_type = only(graph, &form, "dcterms:format");
        let address = only(graph, &form, "dcat:accessURL");
        let download = of(graph, &form, "dcat:downloadURL");
        assert!(download.iter().all(|download| *download == address));
        found.push((address, media_type, !download.is_empty()));
    }
    found
}

#[tokio::test]
async fn every_list_is_offered_in_each_of_its_forms() {
    let app = published(&[]).await;
    let found = addresses(&harvest(&app).await);
    let own = "municipalityCode=2380&";
    let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let mut wanted = vec![
        (app.url("/changes"), "application/json".to_owned(), false),
        (
            app.url(&format!("/values?{own}format=json-stat")),
            "application/vnd.json-stat+json".to_owned(),
            true,
        ),
        (
            app.url(&format!("/values?{own}format=xlsx")),
            xlsx.to_owned(),
            true,
        ),
    ];
    for list in ["/goals", "/assignments", "/indicators", "/values"] {
        wanted.push((app.url(list), "application/json".to_owned(), false));
        for (format, media_type) in [("csv", "text/csv"), ("ndjson", "application/x-ndjson")] {
            let address = app.url(&format!("{list}?format={format}"));
            wanted.push((address, media_type.to_owned(), true));
        }
    }
    let set = |all: Vec<(String, String, bool)>| all.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(set(found), set(wanted));
}

#[tokio::test]
async fn every_address_that_a_distribution_names_answers_in_its_form() {
    let app = published(&[]).await;
    app.municipality("2380", "municipality").await;
    app.indicator("N01951", false).await;
    let value = json!({"value": 64714, "provenance": "reported"});
    app.make("/indicators/N01951/values/2380/2022/T", value)
        .await;
    for (address, media_type, whole) in addresses(&harvest(&app).await) {
        let path = address.strip_prefix(&app.base).expect("an address of ours");
        let answer = get(&app, path).await.expect(200);
        let answered = answer.header("content-type").split(';').next();
        assert_eq!(answered, Some(media_type.as_str()), "{address}");
        assert_eq!(whole, path.contains("format="), "{address}");
    }
}

#[tokio::test]
async fn a_service_behind_another_address_is_named_by_that_address_alone() {
    let app = published(&["--public-url=https://oppnadata.example.se"]).await;
    let answer = app
        .outside("GET", "/datasets/dcat")
        .header("host", "evil.example");
    let answer = answer.send().await.expect(200);
    let text = answer.text();
    assert!(!text.contains("127.0.0.1") && !text.contains("evil.example"));
    let graph = graph(&answer);
    let catalogue = "https://oppnadata.example.se/datasets/dcat#catalogue";
    assert!(all(&graph, "dcat:Catalog").contains(catalogue));
}
