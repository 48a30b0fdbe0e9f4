//! Kolada's objects, their members in Kolada's order.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{Object, ObjectBuilder, Type};

use crate::decimal::Decimal;
use crate::resources::goals::Followed;
use crate::resources::indicators::IndicatorRow;
use crate::resources::municipalities::{MunicipalityKind, Named};
use crate::resources::values::MeasuredKinds;

/// A key figure (nyckeltal): an indicator in Kolada's shape.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Kpi {
    /// The indicator's code.
    #[schema(example = "N01951")]
    id: String,
    /// Its title.
    #[schema(example = "Invånare totalt, antal")]
    title: String,
    /// How it is measured; empty where nothing is said.
    #[schema(example = "Antal invånare den 31 december.")]
    description: String,
    /// Whether it has figures of women and of men, too.
    is_divided_by_gender: bool,
    /// `K` for one that municipalities have figures of, `L` for regions, `A` for both;
    /// null where neither have any yet.
    #[schema(required, example = "K")]
    municipality_type: Option<&'static str>,
    /// Kolada's classification of who runs it: always null, since it is not known here.
    #[schema(required, value_type = Option<String>)]
    auspice: Option<&'static str>,
    /// What operations it is about; empty where nothing is said.
    #[schema(example = "Befolkning")]
    operating_area: String,
    /// What side of them it shows.
    #[schema(required, example = "Övrigt")]
    perspective: Option<String>,
    /// Always null: days of preliminary publication are not known here.
    #[schema(required, value_type = Option<String>)]
    prel_publication_date: Option<&'static str>,
    /// The day of the next publication.
    #[schema(required, example = "2027-03-31")]
    publication_date: Option<NaiveDate>,
    /// How often, or for which period, it is published.
    #[schema(required, example = "2026")]
    publ_period: Option<String>,
    /// Always false: there are no figures of units here.
    has_ou_data: bool,
}

impl Kpi {
    /// An indicator, with what kinds of areas have figures of it.
    pub(super) fn new(row: IndicatorRow, measured: Option<&MeasuredKinds>) -> Self {
        let content = row.content;
        let kinds = measured.map(|kinds| (kinds.municipalities, kinds.regions));
        Self {
            id: row.indicator_code,
            title: content.title,
            description: content.definition.unwrap_or_default(),
            is_divided_by_gender: content.divided_by_gender,
            municipality_type: match kinds {
                Some((true, true)) => Some("A"),
                Some((true, false)) => Some(MUNICIPALITY),
                Some((false, true)) => Some(REGION),
                Some((false, false)) | None => None,
            },
            auspice: None,
            operating_area: content.operating_area.unwrap_or_default(),
            perspective: content.perspective,
            prel_publication_date: None,
            publication_date: content.next_publication,
            publ_period: content.publication_period,
            has_ou_data: false,
        }
    }
}

/// The type of municipalities.
pub(super) const MUNICIPALITY: &str = "K";
/// The type of regions, and of the country.
pub(super) const REGION: &str = "L";

/// A municipality (kommun), a region or the country in Kolada's shape.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Area {
    /// The code of four digits.
    #[schema(example = "2380")]
    id: String,
    /// The name.
    #[schema(example = "Östersund")]
    title: String,
    /// `K` for a municipality, `L` for a region and for the country.
    #[schema(example = "K")]
    r#type: &'static str,
}

impl Area {
    pub(super) fn new(named: Named) -> Self {
        Self {
            id: named.municipality_code,
            title: named.name,
            r#type: match named.kind {
                MunicipalityKind::Municipality => MUNICIPALITY,
                MunicipalityKind::Region | MunicipalityKind::Country => REGION,
            },
        }
    }
}

/// A group of municipalities (kommungrupp), or of key figures: those of a goal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Group {
    /// The group's key; that of the goal for a group of key figures.
    #[schema(example = "G37609")]
    pub(super) id: String,
    /// What it is called.
    #[schema(example = "Residensstäder i norr")]
    pub(super) title: String,
    /// What is in it.
    pub(super) members: Vec<GroupMember>,
}

impl Group {
    /// The key figures of a goal.
    pub(super) fn of(goal: Followed, members: Vec<GroupMember>) -> Self {
        Self {
            id: goal.goal_id.to_string(),
            title: goal.title,
            members,
        }
    }
}

/// What is in a group.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct GroupMember {
    /// The municipality's code, or the indicator's.
    #[schema(example = "2380")]
    pub(super) member_id: String,
    /// The name, or the title.
    #[schema(example = "Östersund")]
    pub(super) member_title: String,
}

/// The figures (utfall) of a key figure, an area and a year in Kolada's shape.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct DataRow {
    /// The indicator's code.
    #[schema(example = "N01951")]
    pub(super) kpi: String,
    /// The municipality's code, or the group's key.
    #[schema(example = "2380")]
    pub(super) municipality: String,
    /// The year.
    #[schema(example = 2022)]
    pub(super) period: i32,
    /// A figure for each gender that has one, by `gender`.
    pub(super) values: Vec<Figure>,
}

/// A figure of one gender.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Figure {
    /// `T` (all), `K` (women) or `M` (men).
    #[schema(example = "T")]
    pub(super) gender: String,
    /// Of how many figures it is: 1 for an area's own, as many as members have one for a
    /// group's mean, 0 where there is no figure.
    #[schema(example = 1)]
    pub(super) count: i64,
    /// `Missing` where there is no figure, whatever the reason; else empty.
    #[schema(example = "")]
    pub(super) status: &'static str,
    /// The figure, exactly; of a group the unweighted mean, with at most 12 decimals.
    #[schema(required, schema_with = value_schema)]
    pub(super) value: Option<Decimal>,
    /// With `from_date`: whether it has been withdrawn. Else always false.
    pub(super) isdeleted: bool,
}

fn value_schema() -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Number, Type::Null]))
        .description(Some(
            "The figure, exactly; of a group the unweighted mean, with at most 12 decimals.",
        ))
        .examples([json!(64714)])
        .build()
}

impl Figure {
    /// What there is of a gender.
    pub(super) fn new(gender: String, value: Option<Decimal>, count: i64) -> Self {
        Self {
            gender,
            count,
            status: if value.is_some() { "" } else { "Missing" },
            value,
            isdeleted: false,
        }
    }

    /// What there is no more.
    pub(super) fn withdrawn(gender: String) -> Self {
        Self {
            isdeleted: true,
            ..Self::new(gender, None, 0)
        }
    }
}
