//! The answer in one of these forms: read from one snapshot, written beside the
//! threads that answer.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};

use super::gathered::{Gathered, Room};
use super::labels::Labels;
use super::{cube, sheet};
use crate::clock;
use crate::database::Snapshot;
use crate::formats::xlsx::Column;
use crate::http::call::Call;
use crate::http::export::{self, Head, columns_of};
use crate::http::forms::Form;
use crate::http::list::ListRequest;
use crate::http::query::Query;
use crate::problem::{Code, Problem};
use crate::resources::values::{Figure, ValueRow};

/// What is told of the values as a whole.
#[derive(Clone, Debug)]
pub(super) struct About {
    pub(super) title: String,
    /// The API root: the source to cite.
    pub(super) source: String,
    /// The address of the licence, if one is set.
    pub(super) licence: Option<String>,
    /// The address of this answer.
    pub(super) url: String,
    /// That of the same as CSV.
    pub(super) csv_url: String,
    /// When it was asked for; not of what was true at one moment.
    pub(super) retrieved: Option<DateTime<Utc>>,
    /// That moment.
    pub(super) as_of: Option<DateTime<Utc>>,
}

/// Values that are being answered as a cube or as a workbook.
pub struct Answering<'a> {
    call: &'a Call,
    form: Form,
    head: Head,
    snapshot: Snapshot,
    about: About,
    room: Room,
}

impl<'a> Answering<'a> {
    /// The answer in this form, out of this snapshot.
    pub fn new(call: &'a Call, query: &Query, form: Form, snapshot: Snapshot) -> Self {
        let mut head = Head::of(call, query, form, snapshot.version());
        let now = clock::now();
        let retrieved = (!call.is_of_the_past()).then_some(now);
        if form == Form::Xlsx
            && let Some(at) = retrieved
        {
            head = head.fetched(call, at);
        }
        let service = &call.service;
        let about = About {
            title: String::new(),
            source: call.root().to_string(),
            licence: service.licence.clone(),
            url: export::address(call, query, form),
            csv_url: export::address(call, query, Form::Csv),
            retrieved,
            as_of: call.as_of(),
        };
        let room = match form {
            Form::Xlsx => Room::Rows(service.xlsx_max_rows),
            _ => Room::Cells(service.json_stat_max_cells),
        };
        Self {
            call,
            form,
            head,
            snapshot,
            about,
            room,
        }
    }

    /// Answers the values of a series, with these members in a workbook.
    pub async fn series(
        self,
        figures: &[Figure],
        members: &[&str],
    ) -> Result<HttpResponse, Problem> {
        // HEAD goes the way of GET, which may end at the limit.
        if let Some(answered) = self.head.not_modified(self.call) {
            return Ok(answered);
        }
        let mut gathered = Gathered::new(self.room);
        for figure in figures {
            gathered.take_figure(figure);
        }
        let all = self.call.service.tables.of("IndicatorValue").iter();
        let columns = all.filter(|column| members.contains(&column.name.as_str()));
        let columns = sheet::explained(columns.map(column).collect());
        self.answer(gathered, columns).await
    }

    /// Answers the values that a list's filters leave.
    async fn list(self, request: &ListRequest) -> Result<HttpResponse, Problem> {
        // HEAD goes the way of GET, which may end at the limit.
        if let Some(answered) = self.head.not_modified(self.call) {
            return Ok(answered);
        }
        let columns = columns_of(self.call, request, "IndicatorValue");
        let columns: Vec<Column> = columns.into_iter().map(column).collect();
        let columns = match request.fields.names() {
            None => sheet::explained(columns),
            Some(_) => columns,
        };
        // One more tells that there are too many.
        let (Room::Rows(most) | Room::Cells(most)) = self.room;
        let rows = request.at_most(most as i64 + 1);
        let gathered = Gathered::new(self.room);
        let read =
            export::gather::<ValueRow, _>(self.call, self.snapshot, rows, gathered, Gathered::take);
        let (snapshot, gathered) = read.await?;
        Self { snapshot, ..self }.answer(gathered, columns).await
    }

    /// Answers these values. The snapshot is kept until they are written: only so many
    /// are in memory at once as there may be exports.
    async fn answer(
        mut self,
        gathered: Gathered,
        columns: Vec<Column>,
    ) -> Result<HttpResponse, Problem> {
        if gathered.is_too_large() {
            return Err(too_large(&gathered));
        }
        let labels = Labels::read(&mut self.snapshot, &gathered).await?;
        self.about.title = title(&gathered, &labels);
        let (form, about, coding) = (self.form, self.about, self.head.coding());
        let write = move || {
            let body = match form {
                Form::Xlsx => workbook(&gathered, &labels, &about, &columns)?,
                _ => cube(gathered, &labels, &about)?,
            };
            Ok::<_, Problem>(coding.apply(body))
        };
        let written = self.call.service.heavy.run(write).await??;
        drop(self.snapshot);
        Ok(self.head.coded(written))
    }
}

/// Answers a list of values as a cube or as a workbook.
pub(in crate::resources::values) async fn answer_list(
    call: &Call,
    request: ListRequest,
    snapshot: Snapshot,
) -> Result<HttpResponse, Problem> {
    let answering = Answering::new(call, &request.query, request.form, snapshot);
    answering.list(&request).await
}

fn column(column: &export::Column) -> Column {
    Column {
        name: column.name.clone().into(),
        sv: column.swedish.into(),
        // Code in Markdown is nothing that a sheet shows.
        en: column.english.replace('`', "").into(),
    }
}

fn workbook(
    gathered: &Gathered,
    labels: &Labels,
    about: &About,
    columns: &[Column],
) -> Result<Vec<u8>, Problem> {
    let most = gathered.values.len();
    sheet::workbook(gathered, labels, about, columns, most).map_err(|wrong| {
        // Only what is ours to mend is left.
        tracing::error!(%wrong, "a workbook could not be written");
        Problem::internal()
    })
}

fn cube(gathered: Gathered, labels: &Labels, about: &About) -> Result<Vec<u8>, Problem> {
    let dataset = cube::dataset(gathered, labels, about);
    let most = usize::try_from(dataset.cells()).unwrap_or(usize::MAX);
    dataset.write(most).map_err(|wrong| {
        tracing::error!(%wrong, "a cube could not be written");
        Problem::internal()
    })
}

/// 413, with the limit and what to do about it.
fn too_large(gathered: &Gathered) -> Problem {
    let found = match gathered.room {
        Room::Rows(most) => {
            format!("there are more than {most} rows, the most that a workbook may have")
        }
        Room::Cells(most) => format!(
            "the cube would have at least {} cells, and {most} is the most: every indicator, municipality, year and gender in it makes room for all the others",
            gathered.cells()
        ),
    };
    Problem::new(
        Code::AnswerTooLarge,
        format!("{found}; ask for less with the filters, or take format=csv, which has no limit"),
    )
}

/// What the values are, in one line.
fn title(gathered: &Gathered, labels: &Labels) -> String {
    match gathered.indicators.all.as_slice() {
        [] => "Inga värden / No values".to_owned(),
        [only] => {
            let title = labels
                .indicator(only)
                .map_or(only.as_str(), |found| &found.title);
            match gathered.municipalities.all.as_slice() {
                [one] => format!("{title}, {}", labels.municipality(one)),
                _ => title.to_owned(),
            }
        }
        several => format!(
            "Värden för {} nyckeltal / Values of {} indicators",
            several.len(),
            several.len()
        ),
    }
}
