//! What there is to find: the datasets, their lists, and the formats of each,
//! with the words for them.

use super::graph::Words;
use super::vocabulary::JSON_STAT;
use crate::http::forms::Form;

/// A dataset of the catalogue (datamängd).
pub(super) struct Dataset {
    /// Its name within the catalogue, for good: its IRI ends with it.
    pub(super) name: &'static str,
    pub(super) title: Words<'static>,
    pub(super) description: Words<'static>,
    pub(super) keywords: &'static [Words<'static>],
    /// The EU's frequency, where it follows from what the dataset is.
    pub(super) frequency: Option<&'static str>,
    pub(super) lists: &'static [List],
}

/// A list of the API that belongs to a dataset.
pub(super) struct List {
    /// The path below the API root, without its slash, and the name in IRIs.
    pub(super) name: &'static str,
    pub(super) title: Words<'static>,
    pub(super) formats: &'static [Format],
}

/// A form of a list that can be had (distribution).
pub(super) struct Format {
    /// Its word stands in `format=` and in IRIs.
    pub(super) form: Form,
    /// How people call it.
    pub(super) title: &'static str,
    /// Whether IANA has that type.
    pub(super) registered: bool,
    pub(super) description: Words<'static>,
    pub(super) extent: Extent,
    /// The standard that it follows, where that is not the API's own description.
    pub(super) standard: Option<&'static str>,
}

/// How much one address gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// A page; the API goes on from there.
    Pages,
    /// All of it.
    Whole,
    /// What is about the own municipality, since such a file has a greatest size.
    Own,
}

const JSON: Format = Format {
    form: Form::Json,
    title: "JSON",
    registered: true,
    description: Words {
        sv: "JSON genom API:et, sida för sida: länken next leder vidare.",
        en: "JSON over the API, page by page: the link next goes on.",
    },
    extent: Extent::Pages,
    standard: None,
};

const CSV: Format = Format {
    form: Form::Csv,
    title: "CSV",
    registered: true,
    description: Words {
        sv: "Hela listan som CSV (RFC 4180): UTF-8, kommatecken, decimalpunkt, en rubrikrad.",
        en: "The whole list as CSV (RFC 4180): UTF-8, commas, decimal points, one header row.",
    },
    extent: Extent::Whole,
    standard: None,
};

const NDJSON: Format = Format {
    form: Form::NdJson,
    title: "NDJSON",
    registered: false,
    description: Words {
        sv: "Hela listan som NDJSON: ett JSON-objekt per rad.",
        en: "The whole list as NDJSON: one JSON object a line.",
    },
    extent: Extent::Whole,
    standard: None,
};

const JSON_STAT_2: Format = Format {
    form: Form::JsonStat,
    title: "JSON-stat 2.0",
    registered: false,
    description: Words {
        sv: "Den egna kommunens värden som JSON-stat 2.0. Andra urval fås med listans filter.",
        en: "The municipality's own values as JSON-stat 2.0. The filters of the list give other selections.",
    },
    extent: Extent::Own,
    standard: Some(JSON_STAT),
};

const XLSX: Format = Format {
    form: Form::Xlsx,
    title: "Excel (XLSX)",
    registered: true,
    description: Words {
        sv: "Den egna kommunens värden som Excelfil. Andra urval fås med listans filter.",
        en: "The municipality's own values as an Excel file. The filters of the list give other selections.",
    },
    extent: Extent::Own,
    standard: None,
};

/// All datasets, in order.
pub(super) const DATASETS: [Dataset; 3] = [
    Dataset {
        name: "goals",
        title: Words {
            sv: "Kommunövergripande mål och uppdrag",
            en: "Municipal goals and assignments",
        },
        description: Words {
            sv: "De mål som kommunfullmäktige har satt för hela kommunen, budgetår för budgetår och med den politiska texten bakom varje mål, och uppdragen under målen: vem som har gett dem, vilka nämnder de gäller och hur långt de har kommit.",
            en: "The goals that the municipal council has set for the whole municipality, by budget year and with the political text behind each, and the assignments under them: who gave them, which boards they are for and how far they have come.",
        },
        keywords: &[
            Words {
                sv: "mål",
                en: "goal",
            },
            Words {
                sv: "uppdrag",
                en: "assignment",
            },
            Words {
                sv: "budget",
                en: "budget",
            },
            Words {
                sv: "kommunfullmäktige",
                en: "municipal council",
            },
            Words {
                sv: "nämnd",
                en: "board",
            },
            Words {
                sv: "målstyrning",
                en: "management by objectives",
            },
        ],
        frequency: None,
        lists: &[
            List {
                name: "goals",
                title: Words {
                    sv: "Mål",
                    en: "Goals",
                },
                formats: &[JSON, CSV, NDJSON],
            },
            List {
                name: "assignments",
                title: Words {
                    sv: "Uppdrag",
                    en: "Assignments",
                },
                formats: &[JSON, CSV, NDJSON],
            },
        ],
    },
    Dataset {
        name: "values",
        title: Words {
            sv: "Nyckeltal och värden",
            en: "Indicators and values",
        },
        description: Words {
            sv: "De nyckeltal som följer målen, och deras värden per kommun, år och kön. Varje värde säger varifrån det kommer: rapporterat av kommunen, hämtat från Kolada eller härlett.",
            en: "The indicators that follow the goals, and their values by municipality, year and gender. Each value says where it comes from: reported by the municipality, taken from Kolada, or derived.",
        },
        keywords: &[
            Words {
                sv: "nyckeltal",
                en: "indicator",
            },
            Words {
                sv: "statistik",
                en: "statistics",
            },
            Words {
                sv: "uppföljning",
                en: "follow-up",
            },
            Words {
                sv: "kommun",
                en: "municipality",
            },
            Words {
                sv: "jämställdhet",
                en: "gender equality",
            },
        ],
        frequency: None,
        lists: &[
            List {
                name: "indicators",
                title: Words {
                    sv: "Nyckeltal",
                    en: "Indicators",
                },
                formats: &[JSON, CSV, NDJSON],
            },
            List {
                name: "values",
                title: Words {
                    sv: "Värden",
                    en: "Values",
                },
                formats: &[JSON, CSV, NDJSON, JSON_STAT_2, XLSX],
            },
        ],
    },
    Dataset {
        name: "changes",
        title: Words {
            sv: "Ändringar av mål, uppdrag och nyckeltal",
            en: "Changes of goals, assignments and indicators",
        },
        description: Words {
            sv: "Ändringsflödet: varje ändring av varje resurs, i den ordning som de gjordes. För den som håller en kopia aktuell.",
            en: "The change feed: every change of every resource, in the order in which they were made. For whoever keeps a copy up to date.",
        },
        keywords: &[
            Words {
                sv: "ändring",
                en: "change",
            },
            Words {
                sv: "ändringsflöde",
                en: "change feed",
            },
            Words {
                sv: "historik",
                en: "history",
            },
        ],
        frequency: Some("UPDATE_CONT"),
        lists: &[List {
            name: "changes",
            title: Words {
                sv: "Ändringar",
                en: "Changes",
            },
            formats: &[JSON],
        }],
    },
];

/// The catalogue itself.
pub(super) const TITLE: Words<'static> = Words {
    sv: "Mål, uppdrag och nyckeltal",
    en: "Goals, assignments and indicators",
};
pub(super) const DESCRIPTION: Words<'static> = Words {
    sv: "Kommunens övergripande mål, uppdragen till nämnderna, nyckeltalen som följer dem och deras värden, som öppna data.",
    en: "The municipality's goals, the assignments to its boards, the indicators that follow them and their values, as open data.",
};

/// The API.
pub(super) const SERVICE_TITLE: Words<'static> = Words {
    sv: "API för mål, uppdrag och nyckeltal",
    en: "API for goals, assignments and indicators",
};
pub(super) const SERVICE_DESCRIPTION: Words<'static> = Words {
    sv: "REST-API med mål, uppdrag, nyckeltal, värden, uppföljning, historik och ändringar. Läsning kräver ingen nyckel.",
    en: "REST API with goals, assignments, indicators, values, follow-up, history and changes. Reading needs no key.",
};
pub(super) const SERVICE_KEYWORDS: [Words<'static>; 4] = [
    Words {
        sv: "mål",
        en: "goal",
    },
    Words {
        sv: "uppdrag",
        en: "assignment",
    },
    Words {
        sv: "nyckeltal",
        en: "indicator",
    },
    Words {
        sv: "uppföljning",
        en: "follow-up",
    },
];
