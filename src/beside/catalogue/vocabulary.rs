//! The terms of DCAT-AP-SE 3.0.1 that the catalogue uses, and the prefixes of
//! their vocabularies.

use oxrdf::NamedNodeRef;

/// Prefixes, as the specification writes them.
pub(super) const PREFIXES: [(&str, &str); 7] = [
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dcatap", "http://data.europa.eu/r5r/"),
    ("dcterms", "http://purl.org/dc/terms/"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("vcard", "http://www.w3.org/2006/vcard/ns#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

macro_rules! terms {
    ($($name:ident = $vocabulary:literal $term:literal;)+) => {
        $(pub(super) const $name: NamedNodeRef<'static> =
            NamedNodeRef::new_unchecked(concat!($vocabulary, $term));)+
    };
}

terms! {
    A = "http://www.w3.org/1999/02/22-rdf-syntax-ns#" "type";
    ACCESS_RIGHTS = "http://purl.org/dc/terms/" "accessRights";
    ACCESS_SERVICE = "http://www.w3.org/ns/dcat#" "accessService";
    ACCESS_URL = "http://www.w3.org/ns/dcat#" "accessURL";
    ACCRUAL_PERIODICITY = "http://purl.org/dc/terms/" "accrualPeriodicity";
    AGENT = "http://xmlns.com/foaf/0.1/" "Agent";
    AVAILABILITY = "http://data.europa.eu/r5r/" "availability";
    CATALOG = "http://www.w3.org/ns/dcat#" "Catalog";
    CONFORMS_TO = "http://purl.org/dc/terms/" "conformsTo";
    CONTACT_POINT = "http://www.w3.org/ns/dcat#" "contactPoint";
    DATASET = "http://www.w3.org/ns/dcat#" "Dataset";
    DATA_SERVICE = "http://www.w3.org/ns/dcat#" "DataService";
    DATE_TIME = "http://www.w3.org/2001/XMLSchema#" "dateTime";
    DESCRIPTION = "http://purl.org/dc/terms/" "description";
    DISTRIBUTION = "http://www.w3.org/ns/dcat#" "Distribution";
    DOCUMENT = "http://xmlns.com/foaf/0.1/" "Document";
    DOWNLOAD_URL = "http://www.w3.org/ns/dcat#" "downloadURL";
    EMAIL = "http://www.w3.org/2006/vcard/ns#" "hasEmail";
    END_DATE = "http://www.w3.org/ns/dcat#" "endDate";
    ENDPOINT_DESCRIPTION = "http://www.w3.org/ns/dcat#" "endpointDescription";
    ENDPOINT_URL = "http://www.w3.org/ns/dcat#" "endpointURL";
    FORMAT = "http://purl.org/dc/terms/" "format";
    FULL_NAME = "http://www.w3.org/2006/vcard/ns#" "fn";
    GREGORIAN_YEAR = "http://www.w3.org/2001/XMLSchema#" "gYear";
    HAS_DATASET = "http://www.w3.org/ns/dcat#" "dataset";
    HAS_DISTRIBUTION = "http://www.w3.org/ns/dcat#" "distribution";
    HAS_SERVICE = "http://www.w3.org/ns/dcat#" "service";
    HOMEPAGE = "http://xmlns.com/foaf/0.1/" "homepage";
    IDENTIFIER = "http://purl.org/dc/terms/" "identifier";
    ISSUED = "http://purl.org/dc/terms/" "issued";
    KEYWORD = "http://www.w3.org/ns/dcat#" "keyword";
    KIND = "http://purl.org/dc/terms/" "type";
    LANGUAGE = "http://purl.org/dc/terms/" "language";
    LICENSE = "http://purl.org/dc/terms/" "license";
    LICENSE_DOCUMENT = "http://purl.org/dc/terms/" "LicenseDocument";
    MEDIA_TYPE = "http://www.w3.org/ns/dcat#" "mediaType";
    MODIFIED = "http://purl.org/dc/terms/" "modified";
    NAME = "http://xmlns.com/foaf/0.1/" "name";
    ORGANIZATION = "http://www.w3.org/2006/vcard/ns#" "Organization";
    PAGE = "http://xmlns.com/foaf/0.1/" "page";
    PERIOD_OF_TIME = "http://purl.org/dc/terms/" "PeriodOfTime";
    PUBLISHER = "http://purl.org/dc/terms/" "publisher";
    SERVES_DATASET = "http://www.w3.org/ns/dcat#" "servesDataset";
    SPATIAL = "http://purl.org/dc/terms/" "spatial";
    STANDARD = "http://purl.org/dc/terms/" "Standard";
    START_DATE = "http://www.w3.org/ns/dcat#" "startDate";
    TEMPORAL = "http://purl.org/dc/terms/" "temporal";
    THEME = "http://www.w3.org/ns/dcat#" "theme";
    THEME_TAXONOMY = "http://www.w3.org/ns/dcat#" "themeTaxonomy";
    TITLE = "http://purl.org/dc/terms/" "title";
    WEB_PAGE = "http://www.w3.org/2006/vcard/ns#" "hasURL";
}

/// The licence that a catalogue must have: CC0 1.0.
pub(super) const CC0: &str = "http://creativecommons.org/publicdomain/zero/1.0/";
/// Open to all.
pub(super) const PUBLIC: &str =
    "http://publications.europa.eu/resource/authority/access-right/PUBLIC";
/// There to stay.
pub(super) const STABLE: &str =
    "http://publications.europa.eu/resource/authority/planned-availability/STABLE";
/// REST, as the profile names kinds of services.
pub(super) const REST: &str = "http://www.wikidata.org/entity/Q749568";
/// What the OpenAPI document is written in.
pub(super) const OPENAPI: &str = "https://spec.openapis.org/oas/v3.1.0";
/// The format JSON-stat.
pub(super) const JSON_STAT: &str = "https://json-stat.org/format/";
/// Swedish, English.
pub(super) const LANGUAGES: [&str; 2] = [
    "http://publications.europa.eu/resource/authority/language/SWE",
    "http://publications.europa.eu/resource/authority/language/ENG",
];
/// The EU's themes, and what a code of them stands behind.
pub(super) const THEMES: &str = "http://publications.europa.eu/resource/authority/data-theme";
/// What a code of a frequency stands behind.
pub(super) const FREQUENCIES: &str = "http://publications.europa.eu/resource/authority/frequency";
/// What a kind of publisher stands behind.
pub(super) const PUBLISHER_TYPES: &str = "http://purl.org/adms/publishertype";
/// What the number of an organisation stands behind on the data portal.
pub(super) const ORGANISATIONS: &str = "http://dataportal.se/organisation/SE";
/// What IANA's media types stand behind.
pub(super) const MEDIA_TYPES: &str = "https://www.iana.org/assignments/media-types";
