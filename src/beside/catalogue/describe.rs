//! The catalogue as a graph: what is set, what there is, and what the data say.

use super::content::{
    DATASETS, DESCRIPTION, Dataset, Extent, Format, List, SERVICE_DESCRIPTION, SERVICE_KEYWORDS,
    SERVICE_TITLE, TITLE,
};
use super::facts::Facts;
use super::graph::{Graph, Node, Words};
use super::vocabulary as term;
use crate::beside::published::{Published, Publisher};
use crate::config::code;

/// Where the catalogue is, below `PUBLIC_URL`. What it describes is named by a
/// fragment of it, so each name leads to what is said of it.
pub(super) const PATH: &str = "/datasets/dcat";

/// What every part of the description needs.
pub(super) struct Catalogue<'a> {
    published: &'a Published,
    publisher: &'a Publisher,
    contact: Option<Contact<'a>>,
    facts: &'a Facts,
}

/// Who answers questions (kontaktuppgift): both parts, as the profile demands.
#[derive(Clone, Copy)]
pub(super) struct Contact<'a> {
    pub(super) name: &'a str,
    pub(super) email: &'a str,
    pub(super) page: Option<&'a str>,
}

impl<'a> Catalogue<'a> {
    pub(super) fn new(
        published: &'a Published,
        publisher: &'a Publisher,
        contact: Option<Contact<'a>>,
        facts: &'a Facts,
    ) -> Self {
        Self {
            published,
            publisher,
            contact,
            facts,
        }
    }

    /// The whole graph.
    pub(super) fn graph(&self) -> Graph {
        let mut graph = Graph::default();
        self.catalogue(&mut graph);
        self.agent(&mut graph);
        self.contact(&mut graph);
        for dataset in &DATASETS {
            self.dataset(&mut graph, dataset);
            for (list, format) in forms(dataset) {
                self.distribution(&mut graph, list, format);
            }
        }
        self.service(&mut graph);
        self.documents(&mut graph);
        graph
    }

    /// The IRI of what has this name in the catalogue.
    fn named(&self, name: &str) -> String {
        self.published.at(&format!("{PATH}#{name}"))
    }

    fn publisher_iri(&self) -> String {
        match &self.publisher.organisation_number {
            Some(number) => format!("{}{number}", term::ORGANISATIONS),
            None => self.named("publisher"),
        }
    }

    fn openapi(&self) -> String {
        format!("{}/openapi.json", self.published.api_root)
    }

    fn docs(&self) -> String {
        format!("{}/docs", self.published.api_root)
    }

    fn licence(&self) -> Option<String> {
        let licence = self.published.licence.as_ref()?;
        licence.url.as_deref().map(canonical)
    }

    fn spatial(&self) -> impl Iterator<Item = &str> {
        self.published
            .settings
            .catalogue_spatial
            .iter()
            .map(String::as_str)
    }

    fn catalogue(&self, graph: &mut Graph) {
        let span = self.facts.all();
        let datasets = DATASETS.map(|dataset| self.named(dataset.name));
        graph
            .node(&self.named("catalogue"), term::CATALOG)
            .of(term::TITLE, TITLE, &self.publisher.name)
            .words(term::DESCRIPTION, DESCRIPTION)
            .link(term::PUBLISHER, &self.publisher_iri())
            .link(term::LICENSE, term::CC0)
            .perhaps(span.first, |node, first| node.moment(term::ISSUED, first))
            .perhaps(span.last, |node, last| node.moment(term::MODIFIED, last))
            .links(term::LANGUAGE, term::LANGUAGES)
            .links(term::SPATIAL, self.spatial())
            .link(term::HOMEPAGE, &self.docs())
            .link(term::THEME_TAXONOMY, term::THEMES)
            .links(term::HAS_DATASET, datasets.iter().map(String::as_str))
            .link(term::HAS_SERVICE, &self.named("api"));
    }

    fn agent(&self, graph: &mut Graph) {
        let publisher = self.publisher;
        graph
            .node(&self.publisher_iri(), term::AGENT)
            .text(term::NAME, "sv", &publisher.name)
            .link(
                term::KIND,
                &format!("{}/{}", term::PUBLISHER_TYPES, publisher.kind),
            )
            .perhaps(publisher.organisation_number.as_deref(), |node, number| {
                node.plain(term::IDENTIFIER, number)
            })
            .perhaps(publisher.url.as_deref(), |node, url| {
                node.link(term::HOMEPAGE, url)
            });
    }

    fn contact(&self, graph: &mut Graph) {
        if let Some(contact) = self.contact {
            graph
                .node(&self.named("contact"), term::ORGANIZATION)
                .plain(term::FULL_NAME, contact.name)
                .link(term::EMAIL, &format!("mailto:{}", contact.email))
                .perhaps(contact.page, |node, page| node.link(term::WEB_PAGE, page));
        }
    }

    fn dataset(&self, graph: &mut Graph, dataset: &Dataset) {
        let (span, years) = self.facts.of(dataset.name);
        let settings = &self.published.settings;
        let frequency = dataset
            .frequency
            .map(str::to_owned)
            .or_else(|| settings.catalogue_periodicity.map(code));
        let forms: Vec<String> = forms(dataset)
            .map(|(list, format)| self.named(&form_name(list, format)))
            .collect();
        let period = self.named(&format!("{}-period", dataset.name));
        graph
            .node(&self.named(dataset.name), term::DATASET)
            .of(term::TITLE, dataset.title, &self.publisher.name)
            .words(term::DESCRIPTION, dataset.description)
            .link(term::PUBLISHER, &self.publisher_iri())
            .perhaps(self.contact, |node, _| {
                node.link(term::CONTACT_POINT, &self.named("contact"))
            })
            .keywords(dataset.keywords)
            .themes(self.published)
            .link(term::ACCESS_RIGHTS, term::PUBLIC)
            .perhaps(frequency, |node, code| {
                let frequency = format!("{}/{code}", term::FREQUENCIES);
                node.link(term::ACCRUAL_PERIODICITY, &frequency)
            })
            .perhaps(span.first, |node, first| node.moment(term::ISSUED, first))
            .perhaps(span.last, |node, last| node.moment(term::MODIFIED, last))
            .link(term::LANGUAGE, term::LANGUAGES[0])
            .links(term::SPATIAL, self.spatial())
            .perhaps(years, |node, _| node.link(term::TEMPORAL, &period))
            .link(term::PAGE, &self.docs())
            .links(term::HAS_DISTRIBUTION, forms.iter().map(String::as_str));
        if let Some((first, last)) = years {
            graph
                .node(&period, term::PERIOD_OF_TIME)
                .year(term::START_DATE, first)
                .year(term::END_DATE, last);
        }
    }

    fn distribution(&self, graph: &mut Graph, list: &List, format: &Format) {
        let [sv, en] = [
            format!("{} som {}", list.title.sv, format.title),
            format!("{} as {}", list.title.en, format.title),
        ];
        let address = self.address(list, format);
        let whole = (format.extent != Extent::Pages).then_some(());
        let standard = format.standard.map(str::to_owned);
        graph
            .node(&self.named(&form_name(list, format)), term::DISTRIBUTION)
            .words(term::TITLE, Words { sv: &sv, en: &en })
            .words(term::DESCRIPTION, format.description)
            .link(term::ACCESS_URL, &address)
            .perhaps(whole, |node, ()| node.link(term::DOWNLOAD_URL, &address))
            .plain(term::FORMAT, format.form.media_type())
            .perhaps(format.registered.then_some(()), |node, ()| {
                let registered = format!("{}/{}", term::MEDIA_TYPES, format.form.media_type());
                node.link(term::MEDIA_TYPE, &registered)
            })
            .perhaps(self.licence(), |node, licence| {
                node.link(term::LICENSE, &licence)
            })
            .link(term::AVAILABILITY, term::STABLE)
            .link(term::LANGUAGE, term::LANGUAGES[0])
            .link(
                term::CONFORMS_TO,
                &standard.unwrap_or_else(|| self.openapi()),
            )
            .perhaps(
                (format.extent == Extent::Pages).then_some(()),
                |node, ()| node.link(term::ACCESS_SERVICE, &self.named("api")),
            );
    }

    fn address(&self, list: &List, format: &Format) -> String {
        let list = format!("{}/{}", self.published.api_root, list.name);
        let own = &self.published.municipality_code;
        match format.extent {
            Extent::Pages => list,
            Extent::Whole => format!("{list}?format={}", format.form.word()),
            Extent::Own => format!(
                "{list}?municipalityCode={own}&format={}",
                format.form.word()
            ),
        }
    }

    fn service(&self, graph: &mut Graph) {
        let datasets = DATASETS.map(|dataset| self.named(dataset.name));
        graph
            .node(&self.named("api"), term::DATA_SERVICE)
            .of(term::TITLE, SERVICE_TITLE, &self.publisher.name)
            .words(term::DESCRIPTION, SERVICE_DESCRIPTION)
            .link(term::ENDPOINT_URL, &self.published.api_root)
            .link(term::ENDPOINT_DESCRIPTION, &self.openapi())
            .link(term::PUBLISHER, &self.publisher_iri())
            .perhaps(self.contact, |node, _| {
                node.link(term::CONTACT_POINT, &self.named("contact"))
            })
            .link(term::KIND, term::REST)
            .keywords(&SERVICE_KEYWORDS)
            .themes(self.published)
            .plain(term::FORMAT, "application/json")
            .link(term::CONFORMS_TO, term::OPENAPI)
            .perhaps(self.licence(), |node, licence| {
                node.link(term::LICENSE, &licence)
            })
            .link(term::ACCESS_RIGHTS, term::PUBLIC)
            .link(term::PAGE, &self.docs())
            .links(term::SERVES_DATASET, datasets.iter().map(String::as_str));
    }

    /// What is referred to and is neither of the above nor in a table of the EU's.
    fn documents(&self, graph: &mut Graph) {
        for standard in [&self.openapi(), term::OPENAPI, term::JSON_STAT] {
            graph.node(standard, term::STANDARD);
        }
        graph.node(&self.docs(), term::DOCUMENT);
        for licence in [Some(term::CC0.to_owned()), self.licence()]
            .into_iter()
            .flatten()
        {
            graph.node(&licence, term::LICENSE_DOCUMENT);
        }
    }
}

impl Node<'_> {
    /// A title that says whose it is: on the data portal it stands among those of
    /// all municipalities.
    fn of(self, title: oxrdf::NamedNodeRef<'_>, words: Words<'_>, publisher: &str) -> Self {
        let whose = |words: &str| format!("{words} – {publisher}");
        let (sv, en) = (whose(words.sv), whose(words.en));
        self.words(title, Words { sv: &sv, en: &en })
    }

    fn keywords(self, keywords: &[Words<'_>]) -> Self {
        keywords
            .iter()
            .fold(self, |node, words| node.words(term::KEYWORD, *words))
    }

    fn themes(self, published: &Published) -> Self {
        let themes = published.settings.catalogue_themes.iter();
        themes.fold(self, |node, theme| {
            node.link(term::THEME, &format!("{}/{}", term::THEMES, code(*theme)))
        })
    }
}

fn forms(dataset: &Dataset) -> impl Iterator<Item = (&List, &Format)> {
    dataset
        .lists
        .iter()
        .flat_map(|list| list.formats.iter().map(move |format| (list, format)))
}

fn form_name(list: &List, format: &Format) -> String {
    format!("{}-{}", list.name, format.form.word())
}

/// A licence's one IRI: those of Creative Commons begin with http and end with a
/// slash, and only so are they known on the portals.
fn canonical(licence: &str) -> String {
    let rest = ["https://", "http://"].iter().find_map(|scheme| {
        let rest = licence.strip_prefix(scheme)?;
        let rest = rest.strip_prefix("www.").unwrap_or(rest);
        rest.strip_prefix("creativecommons.org/")
    });
    let Some(rest) = rest else {
        return licence.to_owned();
    };
    let mut parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    parts.retain(|part| !part.starts_with("deed") && !part.starts_with("legalcode"));
    format!("http://creativecommons.org/{}/", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_of_creative_commons_has_one_iri() {
        for given in [
            "http://creativecommons.org/publicdomain/zero/1.0/",
            "https://creativecommons.org/publicdomain/zero/1.0/",
            "https://creativecommons.org/publicdomain/zero/1.0",
            "https://www.creativecommons.org/publicdomain/zero/1.0/deed.sv",
            "https://creativecommons.org/publicdomain/zero/1.0/legalcode.en",
        ] {
            assert_eq!(canonical(given), term::CC0, "{given}");
        }
        let other = "https://data.norge.no/nlod/no/2.0";
        assert_eq!(canonical(other), other);
    }
}
