//! What is not set: left out where the profile can do without it, and a clear
//! refusal where it cannot.

use std::collections::BTreeSet;

use super::{PUBLISHED, all, get, harvest, of, only};
use crate::support::TestApp;

#[tokio::test]
async fn without_a_publisher_there_is_no_catalogue_and_the_answer_says_what_to_set() {
    let app = TestApp::start().await;
    for path in ["/datasets/dcat", "/datasets/dcat.ttl"] {
        let refused = get(&app, path).await.problem(501, "catalogueNotSetUp");
        let body = refused.json();
        let detail = body["detail"].as_str().expect("text");
        assert!(detail.contains("PUBLISHER_NAME"), "{detail}");
        assert!(
            !detail.contains("CONTACT"),
            "a contact may be missing: {detail}"
        );
        assert_eq!(body["instance"], path);
        assert_eq!(refused.header("access-control-allow-origin"), "*");
        let page = app.get("/docs/problems").await.text();
        assert!(page.contains("<tr id=\"catalogueNotSetUp\"><td>501</td>"));
    }
    let head = app.outside("HEAD", "/datasets/dcat").send().await;
    assert_eq!((head.status, head.body.len()), (501, 0));
}

#[tokio::test]
async fn half_a_contact_is_none_that_the_profile_takes() {
    for (set, missing) in [
        ("--contact-name=Kansliet", "CONTACT_EMAIL"),
        ("--contact-email=oppnadata@example.se", "CONTACT_NAME"),
    ] {
        let app = TestApp::start_with(&["--publisher-name=Ö", set]).await;
        let refused = get(&app, "/datasets/dcat")
            .await
            .problem(501, "catalogueNotSetUp");
        let detail = refused.json()["detail"].to_string();
        assert!(detail.contains(missing), "{detail}");
        assert!(!detail.contains("PUBLISHER_NAME"), "{detail}");
    }
}

#[tokio::test]
async fn what_is_not_set_and_may_be_missing_is_left_out_and_not_invented() {
    let app = TestApp::start_with(&["--publisher-name=Ö"]).await;
    let graph = harvest(&app).await;
    let publisher = format!("{}/datasets/dcat#publisher", app.base);
    assert_eq!(
        all(&graph, "foaf:Agent"),
        BTreeSet::from([publisher.clone()])
    );
    assert_eq!(all(&graph, "vcard:Organization"), BTreeSet::new());
    for node in all(&graph, "dcat:Dataset") {
        for property in [
            "dcat:contactPoint",
            "dcterms:spatial",
            "dcterms:temporal",
            "dcterms:issued",
            "dcterms:modified",
        ] {
            assert_eq!(of(&graph, &node, property), BTreeSet::new(), "{property}");
        }
        let frequency = of(&graph, &node, "dcterms:accrualPeriodicity");
        let follows = node.ends_with("#changes");
        assert_eq!(
            frequency.len(),
            usize::from(follows),
            "{node}: {frequency:?}"
        );
    }
    for node in all(&graph, "dcat:Distribution") {
        assert_eq!(of(&graph, &node, "dcterms:license"), BTreeSet::new());
    }
    for property in ["dcterms:identifier", "foaf:homepage"] {
        assert_eq!(of(&graph, &publisher, property), BTreeSet::new());
    }
}

#[tokio::test]
async fn a_name_with_signs_that_mean_something_in_a_form_is_the_name_in_each() {
    let name = r#"Ö & <b>"Co"</b> \ 'x' ]]> {å}"#;
    let setting = format!("--publisher-name={name}");
    let app = TestApp::start_with(&[&setting]).await;
    let publisher = format!("{}/datasets/dcat#publisher", app.base);
    for (suffix, _) in super::FORMS {
        let answer = get(&app, &format!("/datasets/dcat{suffix}"))
            .await
            .expect(200);
        assert_eq!(
            only(&super::graph(&answer), &publisher, "foaf:name"),
            name,
            "{suffix}"
        );
    }
}

#[tokio::test]
async fn the_licence_of_the_catalogue_is_cc0_whatever_that_of_the_data_is() {
    let options: Vec<&str> = PUBLISHED[..4].to_vec();
    let app = TestApp::start_with(
        &[
            options,
            vec!["--licence-url=https://creativecommons.org/licenses/by/4.0/deed.sv"],
        ]
        .concat(),
    )
    .await;
    let graph = harvest(&app).await;
    let catalogue = format!("{}/datasets/dcat#catalogue", app.base);
    assert_eq!(
        only(&graph, &catalogue, "dcterms:license"),
        "http://creativecommons.org/publicdomain/zero/1.0/"
    );
    for node in all(&graph, "dcat:Distribution") {
        assert_eq!(
            only(&graph, &node, "dcterms:license"),
            "http://creativecommons.org/licenses/by/4.0/"
        );
    }
}
