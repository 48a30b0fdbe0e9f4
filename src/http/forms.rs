//! The forms that an answer can have (representationer), and which one a client
//! gets: by `format`, or else by `Accept` (RFC 9110, section 12.5.1).

use actix_web::HttpRequest;
use actix_web::http::{Method, header};

use super::negotiate::{weight_of, weights};
use super::query::Query;
use crate::problem::{Code, Problem};

/// The parameter that chooses the form.
pub const FORMAT: &str = "format";
/// The parameter that chooses how CSV is written.
pub const DIALECT: &str = "dialect";

/// A form of an answer (representation).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON, page by page.
    Json,
    /// CSV (RFC 4180): all rows.
    Csv,
    /// A JSON object a line: all rows.
    NdJson,
    /// What the columns of the CSV mean (CSV on the Web).
    Csvw,
    /// JSON-stat 2.0: all figures, as a cube.
    JsonStat,
    /// An Excel workbook: all rows.
    Xlsx,
}

/// The forms of what is only JSON.
pub const JSON: &[Form] = &[Form::Json];
/// The forms of a list.
pub const ROWS: &[Form] = &[Form::Json, Form::Csv, Form::NdJson, Form::Csvw];
/// The forms of a list of figures.
pub const FIGURES: &[Form] = &[
    Form::Json,
    Form::Csv,
    Form::NdJson,
    Form::Csvw,
    Form::JsonStat,
    Form::Xlsx,
];

impl Form {
    /// The word in `format`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::NdJson => "ndjson",
            Self::Csvw => "csvw",
            Self::JsonStat => "json-stat",
            Self::Xlsx => "xlsx",
        }
    }

    /// The media type that a client asks for.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::NdJson => "application/x-ndjson",
            Self::Csvw => "application/csvm+json",
            Self::JsonStat => "application/vnd.json-stat+json",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The `Content-Type` of the answer.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            other => other.media_type(),
        }
    }

    /// The end of a file's name.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Json | Self::JsonStat => "json",
            Self::Csv => "csv",
            Self::NdJson => "ndjson",
            Self::Csvw => "csv-metadata.json",
            Self::Xlsx => "xlsx",
        }
    }

    /// The form, among these, that the client wants; 406 when it takes none.
    pub fn choose(request: &HttpRequest, query: &Query, forms: &[Self]) -> Result<Self, Problem> {
        if let Some(word) = query.get(FORMAT) {
            let named = forms.iter().find(|form| form.word() == word);
            return named.copied().ok_or_else(|| not_acceptable(forms));
        }
        if query.get(DIALECT).is_some() && forms.contains(&Self::Csv) {
            return Ok(Self::Csv);
        }
        let wanted = weights(request.headers(), header::ACCEPT);
        if wanted.is_empty() {
            return forms.first().copied().ok_or_else(Problem::internal);
        }
        let mut best = (0, None);
        for form in forms {
            let weight = weight_of(&wanted, form.media_type());
            if weight > best.0 {
                best = (weight, Some(*form));
            }
        }
        best.1.ok_or_else(|| not_acceptable(forms))
    }

    /// `Accept` may say something that only a read of a path with more forms than JSON can tell.
    pub(super) fn told_later(request: &HttpRequest) -> bool {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        reads
            && request
                .app_data::<Forms>()
                .is_some_and(|forms| forms.0.len() > 1)
    }
}

/// The forms of the GET of a path, left with the route.
#[derive(Clone, Copy, Debug)]
pub(super) struct Forms(pub(super) &'static [Form]);

fn not_acceptable(forms: &[Form]) -> Problem {
    let types: Vec<&str> = forms.iter().map(|form| form.media_type()).collect();
    let words: Vec<&str> = forms.iter().map(|form| form.word()).collect();
    Problem::new(
        Code::NotAcceptable,
        format!(
            "the answer comes as {}; format takes {}",
            types.join(", "),
            words.join(", ")
        ),
    )
}

/// How CSV is written (dialekt).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// RFC 4180: comma, decimal point.
    Rfc4180,
    /// As Excel with Swedish settings reads it: byte order mark, semicolon, decimal comma.
    ExcelSv,
}

impl Dialect {
    /// The words that `dialect` takes.
    pub const WORDS: [&'static str; 2] = ["rfc4180", "excel-sv"];

    /// Reads `dialect`; 400 for another, or where it goes with another form than CSV.
    pub fn read(query: &Query, form: Form) -> Result<Self, Problem> {
        let dialect = query.one(DIALECT, |word| match word {
            "rfc4180" => Some(Self::Rfc4180),
            "excel-sv" => Some(Self::ExcelSv),
            _ => None,
        })?;
        if dialect.is_some() && !matches!(form, Form::Csv | Form::Csvw) {
            return Err(Problem::query("dialect goes with CSV alone"));
        }
        Ok(dialect.unwrap_or(Self::Rfc4180))
    }

    /// What stands between two cells.
    pub fn separator(self) -> char {
        match self {
            Self::Rfc4180 => ',',
            Self::ExcelSv => ';',
        }
    }
}
