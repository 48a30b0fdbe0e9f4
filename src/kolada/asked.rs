//! What a client of Kolada asks: parameters that are not known are not looked at, as
//! with Kolada, and of one that comes twice the last counts where one is wanted.

use chrono::{DateTime, NaiveDate, Utc};

use super::shapes::{MUNICIPALITY, REGION};
use crate::clock;
use crate::http::call::Call;
use crate::http::query::pairs;
use crate::http::text;
use crate::problem::{Code, Problem};
use crate::resources::Part;
use crate::resources::municipalities::MunicipalityKind;
use crate::resources::values::AreaPlace;

/// The most rows in an answer, and as many as there are without `per_page`.
pub(super) const MOST_ROWS: i64 = 5_000;
/// The most keys in a part of a path.
pub(super) const MOST_KEYS: usize = 25;

/// The parameters of a request, and which part of the rows it asks for.
pub(super) struct Asked {
    pub(super) pairs: Vec<(String, String)>,
    /// The number of the page, from 1.
    pub(super) page: i64,
    /// The most rows in it.
    pub(super) per_page: i64,
}

/// 422: a parameter, or a part of the path, is not as Kolada takes it.
pub(super) fn refused(detail: impl Into<String>) -> Problem {
    Problem::new(Code::InvalidParameter, detail)
}

impl Asked {
    /// Reads the parameters; 422 for a page or a `per_page` that cannot be.
    pub(super) fn read(call: &Call) -> Result<Self, Problem> {
        let pairs = pairs(call.query_string()).collect::<Result<Vec<_>, Problem>>()?;
        let mut asked = Self {
            pairs,
            page: 1,
            per_page: MOST_ROWS,
        };
        asked.page = asked.number("page", i64::MAX)?.unwrap_or(1);
        asked.per_page = asked.number("per_page", MOST_ROWS)?.unwrap_or(MOST_ROWS);
        Ok(asked)
    }

    /// All values of a parameter.
    pub(super) fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let named = self.pairs.iter().filter(move |(other, _)| other == name);
        named.map(|(_, value)| value.as_str())
    }

    /// The value of a parameter; one that is empty is none.
    fn one(&self, name: &'static str) -> Option<&str> {
        self.all(name).last().filter(|value| !value.is_empty())
    }

    fn number(&self, name: &'static str, most: i64) -> Result<Option<i64>, Problem> {
        let Some(raw) = self.all(name).last() else {
            return Ok(None);
        };
        let digits = !raw.is_empty() && raw.bytes().all(|digit| digit.is_ascii_digit());
        let number = digits.then(|| raw.parse().unwrap_or(i64::MAX));
        match number.filter(|number| (1..=most).contains(number)) {
            Some(number) => Ok(Some(number)),
            None if most == i64::MAX => Err(refused(format!("{name} must be 1 or more"))),
            None => Err(refused(format!("{name} must be from 1 to {most}"))),
        }
    }

    /// The rows that are asked for, and one more.
    pub(super) fn part(&self) -> Part {
        Part {
            skip: (self.page - 1).saturating_mul(self.per_page),
            take: self.per_page + 1,
        }
    }

    /// The text that `title` asks for.
    pub(super) fn title(&self) -> Result<Option<&str>, Problem> {
        let title = self.one("title");
        if title.is_some_and(|title| title.chars().count() > text::LONGEST_SEARCH) {
            let most = text::LONGEST_SEARCH;
            return Err(refused(format!("title may have {most} characters")));
        }
        Ok(title)
    }

    /// The kinds of areas that `region_type` asks for.
    pub(super) fn kinds(&self) -> Result<Option<Vec<MunicipalityKind>>, Problem> {
        let mut kinds = Vec::new();
        for word in self.all("region_type").flat_map(|value| value.split(',')) {
            match word {
                "" => {}
                MUNICIPALITY => kinds.push(MunicipalityKind::Municipality),
                REGION => kinds.extend([MunicipalityKind::Region, MunicipalityKind::Country]),
                _ => {
                    let wrong = format!("region_type is {MUNICIPALITY} or {REGION}");
                    return Err(refused(wrong));
                }
            }
        }
        Ok(Some(kinds).filter(|kinds| !kinds.is_empty()))
    }

    /// The last moment before the day in `from_date`, in Sweden.
    pub(super) fn since(&self) -> Result<Option<DateTime<Utc>>, Problem> {
        let Some(raw) = self.one("from_date") else {
            return Ok(None);
        };
        let day = text::date(raw).ok_or_else(|| refused("from_date is a date: 2024-05-23"))?;
        let before = day.pred_opt().unwrap_or(NaiveDate::MIN);
        Ok(Some(clock::end_of_day(before)))
    }

    /// The row that `after` names, as the `next_url` of an answer has it.
    pub(super) fn after(&self) -> Result<Option<AreaPlace>, Problem> {
        let Some(raw) = self.one("after") else {
            return Ok(None);
        };
        let place = raw.split(',').collect::<Vec<_>>();
        match place.as_slice() {
            [kpi, area, year] if year.parse::<i32>().is_ok() => {
                let year = year.parse().unwrap_or_default();
                Ok(Some(AreaPlace((*kpi).to_owned(), (*area).to_owned(), year)))
            }
            _ => Err(refused("after is none of those that a next_url has")),
        }
    }
}

/// The keys in a part of the path, or in a parameter: `None` where it is not there. 422
/// for more than 25.
pub(super) fn keys<'a>(raw: impl Iterator<Item = &'a str>) -> Result<Option<Vec<String>>, Problem> {
    let mut keys: Vec<String> = Vec::new();
    let mut there = false;
    for key in raw.flat_map(|raw| raw.split(',')) {
        there = true;
        let key = key.trim();
        if !key.is_empty() {
            keys.push(key.to_owned());
        }
    }
    if keys.len() > MOST_KEYS {
        let number = keys.len();
        return Err(refused(format!(
            "{number} ids: at most {MOST_KEYS} at once"
        )));
    }
    Ok(there.then_some(keys))
}

/// The years among them; 422 for what is none.
pub(super) fn years(keys: Option<Vec<String>>) -> Result<Option<Vec<i32>>, Problem> {
    let year = |key: &String| {
        let digits = key.len() <= 9 && key.bytes().all(|digit| digit.is_ascii_digit());
        let year = key.parse().ok().filter(|_| digits);
        year.ok_or_else(|| refused("a year is a whole number: 2024"))
    };
    keys.map(|keys| keys.iter().map(year).collect()).transpose()
}

/// Those of the keys that something can have.
pub(super) fn possible(keys: Option<Vec<String>>) -> Option<Vec<String>> {
    keys.map(|mut keys| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        keys.retain(|key| key.bytes().all(is_plain));
        keys
    })
}

/// The keys in the part of the path that is called `ids`.
pub(super) fn keys_in_path(call: &Call) -> Result<Option<Vec<String>>, Problem> {
    let raw = call.path("ids");
    let keys = keys([raw].into_iter().filter(|raw| !raw.is_empty()))?;
    Ok(possible(keys))
}
