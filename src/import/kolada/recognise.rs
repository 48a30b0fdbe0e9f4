//! From a row as it came to what it is.
//!
//! What Kolada's `status` of a figure says: in all of Kolada's answers that this was
//! made from it is empty, so there is no list of what it can be. A figure is final
//! where there is a number and missing where there is none, and a text in `status` is
//! told in the summary.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Number, Value};

use super::model::{Area, DataRow, Figure, FigureKey, Group, KeyFigure, LeftOut, Row, Said};
use super::read::Object;
use crate::database::text_enum::Choice;
use crate::decimal::Decimal;
use crate::http::text::{self, Lines};
use crate::resources::municipalities::MunicipalityKind;
use crate::resources::values::Gender;

/// Any row, as it came: the members of all kinds together.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AnyRow {
    id: Option<String>,
    title: Option<String>,
    description: Option<String>,
    is_divided_by_gender: Option<Value>,
    operating_area: Option<String>,
    perspective: Option<String>,
    publ_period: Option<Value>,
    publication_date: Option<String>,
    prel_publication_date: Option<String>,
    r#type: Option<String>,
    members: Option<Vec<Object<Member>>>,
    kpi: Option<String>,
    municipality: Option<String>,
    ou: Option<String>,
    period: Option<Number>,
    values: Option<Vec<Object<Entry>>>,
}

#[derive(Debug, Deserialize)]
struct Member {
    member_id: String,
}

#[derive(Debug, Deserialize)]
struct Entry {
    gender: String,
    value: Option<Number>,
    status: Option<String>,
    isdeleted: Option<bool>,
}

/// What a row is, by what it has; else why it is nothing that is known.
pub(super) fn recognise(row: AnyRow) -> Result<Row, String> {
    if row.kpi.is_some() && row.ou.is_some() {
        return Err("it has figures of single units (ou), which are not imported".to_owned());
    }
    if row.kpi.is_some() {
        return data(row).map(Row::Data);
    }
    let (Some(id), Some(title)) = (&row.id, &row.title) else {
        return Err("it is no key figure, municipality, group or data of Kolada's".to_owned());
    };
    let id = id.clone();
    let title = one_line(title, text::TITLE).map_err(|why| format!("the title of {id} {why}"))?;
    if row.is_divided_by_gender.is_some() {
        return key_figure(id, title, row).map(Row::KeyFigure);
    }
    if let Some(members) = row.members {
        return group(id, title, members).map(Row::Group);
    }
    match row.r#type {
        Some(kind) => area(id, title, &kind).map(Row::Area),
        None => Err(format!(
            "{id} is no key figure, municipality or group of Kolada's"
        )),
    }
}

fn key_figure(id: String, title: String, row: AnyRow) -> Result<KeyFigure, String> {
    if text::code(&id).is_none() {
        return Err(format!("{id:?} cannot be a key figure's id"));
    }
    let divided = match row.is_divided_by_gender {
        Some(Value::Bool(divided)) => divided,
        Some(Value::Number(number)) if number.as_i64() == Some(0) => false,
        Some(Value::Number(number)) if number.as_i64() == Some(1) => true,
        _ => return Err(format!("is_divided_by_gender of {id} is not true or false")),
    };
    let name = |what: &str, found: Option<String>| match found {
        Some(found) if !found.trim().is_empty() => one_line(&found, text::NAME)
            .map(Some)
            .map_err(|why| format!("{what} of {id} {why}")),
        _ => Ok(None),
    };
    let period = match row.publ_period {
        Some(Value::String(period)) => Some(period),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let description = match row.description {
        Some(found) if !found.trim().is_empty() => {
            let plain = spaced(&found, Lines::Many);
            let normal = text::normal(&plain, text::DESCRIPTION, Lines::Many);
            Some(normal.map_err(|wrong| wrong.detail("description", text::DESCRIPTION))?)
        }
        _ => None,
    };
    let day = |found: Option<String>| -> Result<Option<NaiveDate>, String> {
        let Some(found) = found.filter(|found| !found.is_empty()) else {
            return Ok(None);
        };
        let day = text::date(found.get(..10).unwrap_or(&found));
        day.map(Some)
            .ok_or_else(|| format!("{found:?} is no date ({id})"))
    };
    let next_publication = match day(row.publication_date)? {
        Some(day) => Some(day),
        None => day(row.prel_publication_date)?,
    };
    Ok(KeyFigure {
        title,
        description,
        divided,
        operating_area: name("operating_area", row.operating_area)?,
        perspective: name("perspective", row.perspective)?,
        period: name("publ_period", period)?,
        next_publication,
        id,
    })
}

fn area(code: String, name: String, kind: &str) -> Result<Area, String> {
    let code = text::municipality_code(&code)
        .ok_or_else(|| format!("{code:?} is no code of four digits"))?;
    let name = one_line(&name, text::NAME).map_err(|why| format!("the name of {code} {why}"))?;
    let kind = match (code.as_str(), kind) {
        ("0000", _) => MunicipalityKind::Country,
        (_, "K") => MunicipalityKind::Municipality,
        (_, "L") => MunicipalityKind::Region,
        _ => return Err(format!("{kind:?} of {code} is neither K nor L")),
    };
    Ok(Area { code, name, kind })
}

fn group(id: String, title: String, members: Vec<Object<Member>>) -> Result<Group, String> {
    if text::code(&id).is_none() {
        return Err(format!("{id:?} cannot be a group's id"));
    }
    let mut codes = Vec::with_capacity(members.len());
    for Object(member) in members {
        let code = text::municipality_code(&member.member_id).ok_or_else(|| {
            let member = &member.member_id;
            format!("{id} has the member {member:?}, which is no municipality")
        })?;
        codes.push(code);
    }
    codes.sort_unstable();
    codes.dedup();
    Ok(Group {
        id,
        title,
        members: codes,
    })
}

fn data(row: AnyRow) -> Result<DataRow, String> {
    let (Some(id), Some(area), Some(period), Some(entries)) =
        (row.kpi, row.municipality, row.period, row.values)
    else {
        return Err("data has kpi, municipality, period and values".to_owned());
    };
    let year = period.to_string();
    let mut told = DataRow::default();
    let whole = if text::code(&id).is_none() {
        Some("this can be no key figure's id")
    } else if text::municipality_code(&area).is_none() {
        Some("it is of no municipality, region or country: the figure of a group is a mean")
    } else if text::year(&year).is_none() {
        Some("the year must be from 1900 to 2200")
    } else {
        None
    };
    for Object(entry) in entries {
        // Nothing of it has been checked yet, and it will be printed.
        let figure = || format!("{id} {area} {year} {}", entry.gender);
        let left_out = |reason: String, key: Option<FigureKey>| LeftOut {
            figure: spaced(&figure(), Lines::One).chars().take(100).collect(),
            key,
            reason: reason.chars().take(200).collect(),
        };
        if let Some(status) = entry.status.as_deref().map(str::trim)
            && !status.is_empty()
        {
            told.statuses.push(status.chars().take(100).collect());
        }
        if let Some(reason) = whole {
            told.left_out.push(left_out(reason.to_owned(), None));
            continue;
        }
        let Some(gender) = Gender::from_word(&entry.gender) else {
            let reason = "gender is none of T, K, M".to_owned();
            told.left_out.push(left_out(reason, None));
            continue;
        };
        let key = FigureKey {
            id: id.clone(),
            area: area.clone(),
            year: text::year(&year).unwrap_or_default(),
            gender,
        };
        let said = match (&entry.value, entry.isdeleted) {
            (_, Some(true)) => Said::Withdrawn,
            (None, _) => Said::Missing,
            (Some(number), _) => match Decimal::parse(&number.to_string()) {
                Ok(value) => Said::Value(value),
                Err(wrong) => {
                    let detail = wrong.detail(&number.to_string());
                    told.left_out.push(left_out(detail, Some(key)));
                    continue;
                }
            },
        };
        told.figures.push(Figure { key, said });
    }
    Ok(told)
}

/// Text in which every control character has become a space: Kolada has tabs here
/// and there.
fn spaced(raw: &str, lines: Lines) -> String {
    let keeps = |c: char| lines == Lines::Many && c == '\n';
    let spaced = |c: char| if c.is_control() && !keeps(c) { ' ' } else { c };
    raw.replace("\r\n", "\n").chars().map(spaced).collect()
}

fn one_line(raw: &str, max: usize) -> Result<String, String> {
    text::normal(&spaced(raw, Lines::One), max, Lines::One).map_err(|wrong| match wrong {
        text::WrongText::Empty => "is empty".to_owned(),
        text::WrongText::TooLong => format!("has more than {max} characters"),
        text::WrongText::ControlCharacter => "has a control character".to_owned(),
    })
}
