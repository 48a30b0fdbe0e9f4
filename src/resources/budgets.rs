//! Budgets (budgetar): the council's decision for one year.

use actix_web::HttpResponse;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{max, min};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Outcome, Saved, Source, Stamps, goals, name_referrers};
use crate::auth::change::{Change, Removal};
use crate::database::schema::budgets;
use crate::database::{Connection, Failure};
use crate::http::answer::Answer;
use crate::http::body::JsonBody;
use crate::http::call::Call;
use crate::http::conditional::version_tag;
use crate::http::fields::Fields;
use crate::http::forms;
use crate::http::links::{Linker, Root};
use crate::http::list::{Kind, ListRequest, ListSpec, Member};
use crate::http::members::{Faults, Members};
use crate::http::page::Page;
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;
use crate::problem::{Code, Problem};

/// What a client writes of a budget (budget).
#[derive(
    Clone,
    Debug,
    PartialEq,
    Serialize,
    ToSchema,
    Queryable,
    Selectable,
    QueryableByName,
    Insertable,
    AsChangeset,
)]
#[diesel(table_name = budgets, treat_none_as_null = true)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "title": "Kommunövergripande mål budget 2023", "description": null, "decidedBy": "Kommunfullmäktige",
    "decidedOn": "2022-11-24", "source": {"title": "Kommunövergripande mål budget 2023", "url": null, "publishedOn": null, "updatedOn": null}
}))]
pub struct BudgetContent {
    /// The title of the decision.
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Kommunövergripande mål budget 2023"
    )]
    pub title: String,
    /// What it is about, in paragraphs.
    #[schema(min_length = 1, max_length = 20000)]
    pub description: Option<String>,
    /// Who decided, such as Kommunfullmäktige.
    #[schema(min_length = 1, max_length = 200, example = "Kommunfullmäktige")]
    pub decided_by: Option<String>,
    /// The day of the decision.
    #[schema(example = "2022-11-24")]
    pub decided_on: Option<NaiveDate>,
    /// Where it is published.
    pub source: Option<Source>,
}

/// A budget (budget): the council's decision for one year.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Budget {
    /// The year it is for: the key.
    #[schema(minimum = 1900, maximum = 2200, example = 2023)]
    pub budget_year: i32,
    /// What was written.
    #[serde(flatten)]
    pub content: BudgetContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of budgets.
pub type BudgetPage = Page<Budget>;

/// A budget as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = budgets)]
pub struct BudgetRow {
    /// The key.
    pub budget_year: i32,
    /// What was written.
    #[diesel(embed)]
    pub content: BudgetContent,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i64,
}

/// What the list of budgets can do.
pub const LIST: ListSpec = ListSpec {
    table: "budgets",
    members: &[
        Member::required("budgetYear", "budget_year", Kind::Integer),
        Member::required("title", "title", Kind::Text),
        Member::optional("description", "description", Kind::Unsortable),
        Member::optional("decidedBy", "decided_by", Kind::Text),
        Member::optional("decidedOn", "decided_on", Kind::Date),
        Member::optional("source", "source", Kind::Unsortable),
    ],
    order: &["budgetYear"],
    key: &["budgetYear"],
    filters: &["budgetYear", "q"],
    max_limit: 1000,
    total: None,
    forms: forms::ROWS,
    copied: None,
};

impl BudgetContent {
    /// Reads a body, noting every fault.
    pub fn read(members: &mut Members<'_>) -> Self {
        Self {
            title: members.required_text("title", text::TITLE),
            description: members.long_text("description", text::DESCRIPTION),
            decided_by: members.text("decidedBy", text::NAME),
            decided_on: members.date("decidedOn"),
            source: Source::read(members),
        }
    }
}

impl BudgetRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        version_tag("budgets", self.version)
    }

    /// As an answer has it where it is one of many: with its ETag.
    fn listed(self, root: &Root) -> Budget {
        let tag = self.tag();
        self.shown(root, Some(tag))
    }

    fn shown(self, root: &Root, etag: Option<String>) -> Budget {
        let year = self.budget_year;
        let links = Linker::resource(root, "budgets", &year.to_string())
            .link("goals", "related", format!("/goals?budgetYear={year}"))
            .link(
                "completeness",
                "related",
                format!("/budgets/{year}/completeness"),
            )
            .done();
        Budget {
            budget_year: year,
            content: self.content,
            stamps: Stamps {
                created_at: self.created_at,
                updated_at: self.updated_at,
                etag,
                links,
            },
        }
    }
}

/// The budget of a year.
pub async fn find(connection: &mut Connection, year: i32) -> QueryResult<Option<BudgetRow>> {
    budgets::table
        .find(year)
        .select(BudgetRow::as_select())
        .first(connection)
        .await
        .optional()
}

/// The budget of a year, held for a change until the transaction ends.
pub async fn lock(connection: &mut Connection, year: i32) -> QueryResult<Option<BudgetRow>> {
    budgets::table
        .find(year)
        .select(BudgetRow::as_select())
        .for_no_key_update()
        .first(connection)
        .await
        .optional()
}

/// The same for its deletion: nobody can come to refer to it meanwhile.
async fn lock_to_delete(connection: &mut Connection, year: i32) -> QueryResult<Option<BudgetRow>> {
    budgets::table
        .find(year)
        .select(BudgetRow::as_select())
        .for_update()
        .first(connection)
        .await
        .optional()
}

/// Holds a budget in place until the transaction ends; whether it is there.
pub async fn hold(connection: &mut Connection, year: i32) -> QueryResult<bool> {
    let query = budgets::table.find(year).select(budgets::budget_year);
    let found: Option<i32> = query.for_key_share().first(connection).await.optional()?;
    Ok(found.is_some())
}

/// Whether there is any budget.
pub async fn any(connection: &mut Connection) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        budgets::table.select(budgets::budget_year),
    ))
    .get_result(connection)
    .await
}

/// Makes a budget; `None` when somebody else made it in the meantime.
pub async fn insert(
    connection: &mut Connection,
    year: i32,
    content: &BudgetContent,
) -> QueryResult<Option<BudgetRow>> {
    diesel::insert_into(budgets::table)
        .values((budgets::budget_year.eq(year), content))
        .on_conflict(budgets::budget_year)
        .do_nothing()
        .returning(BudgetRow::as_returning())
        .get_result(connection)
        .await
        .optional()
}

/// Writes `content` over a budget, if it is not so already.
pub async fn replace(
    connection: &mut Connection,
    current: BudgetRow,
    content: BudgetContent,
) -> QueryResult<Saved<BudgetRow>> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let row = diesel::update(budgets::table.find(current.budget_year))
        .set(content)
        .returning(BudgetRow::as_returning())
        .get_result(connection)
        .await?;
    Ok(Saved::new(row, Outcome::Updated))
}

/// All budgets, by year.
#[utoipa::path(get, path = "/budgets", tag = "budgets", responses((status = 200, description = "The budgets", body = BudgetPage)))]
pub async fn list_budgets(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST)?;
    request.filter_years("budgetYear")?;
    request.filter_text(&["title", "description", "decided_by"]);
    request.answer(&call, BudgetRow::listed).await
}

/// One budget.
#[utoipa::path(get, path = "/budgets/{budgetYear}", tag = "budgets", responses((status = 200, description = "The budget", body = Budget)))]
pub async fn get_budget(call: Call) -> Result<HttpResponse, Problem> {
    let query = call.query_as_of(&["fields"])?;
    let fields = Fields::read(&query, &LIST.field_names())?;
    let year = key(&call)?;
    let row = call
        .reading()
        .read(move |connection| Box::pin(async move { Ok(find(connection, year).await?) }))
        .await?
        .ok_or_else(missing)?;
    let tag = row.tag();
    call.one(&row.shown(call.root(), None), &tag, &fields)
}

/// Creates or replaces a budget.
#[utoipa::path(put, path = "/budgets/{budgetYear}", tag = "budgets", request_body = BudgetContent,
    responses((status = 200, description = "Replaced, or already so", body = Budget), (status = 201, description = "Created", body = Budget)))]
pub async fn put_budget(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let year = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, year, change)),
        answer,
    )
    .await
}

/// Changes members of a budget.
#[utoipa::path(patch, path = "/budgets/{budgetYear}", tag = "budgets", request_body = BudgetContent,
    responses((status = 200, description = "Changed, or already so", body = Budget)))]
pub async fn patch_budget(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let year = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(patch(connection, year, change)),
        answer,
    )
    .await
}

/// Deletes a budget that nothing refers to.
#[utoipa::path(delete, path = "/budgets/{budgetYear}", tag = "budgets", responses((status = 204, description = "Deleted")))]
pub async fn delete_budget(removal: Removal, call: Call) -> Result<HttpResponse, Problem> {
    let year = key(&call)?;
    call.write(
        removal.actor(),
        move |connection| Box::pin(delete(connection, year, removal)),
        |_, ()| Ok(Answer::gone()),
    )
    .await
}

fn key(call: &Call) -> Result<i32, Problem> {
    call.key("budgetYear", "budget", text::year)
}

fn missing() -> Problem {
    Problem::not_found("budget")
}

fn answer(root: &Root, saved: Saved<BudgetRow>) -> Result<Answer, Problem> {
    let (tag, made) = (saved.row.tag(), saved.created());
    let location = format!("{root}/budgets/{}", saved.row.budget_year);
    Answer::saved(&saved.row.shown(root, None), &tag, made, &location)
}

fn read(body: JsonBody) -> Result<BudgetContent, Problem> {
    let mut faults = Faults::default();
    let content = body.read(&["budgetYear"], &mut faults, BudgetContent::read);
    faults.check()?;
    Ok(content)
}

async fn put(
    connection: &mut Connection,
    year: i32,
    change: Change,
) -> Result<Saved<BudgetRow>, Failure> {
    loop {
        let current = lock(connection, year).await?;
        change.writer.may_edit("budgets")?;
        change
            .conditions
            .check(current.as_ref().map(BudgetRow::tag).as_deref())?;
        let content = read(change.body.clone())?;
        match current {
            Some(current) => return Ok(replace(connection, current, content).await?),
            None => {
                if let Some(row) = insert(connection, year, &content).await? {
                    return Ok(Saved::new(row, Outcome::Created));
                }
            }
        }
    }
}

async fn patch(
    connection: &mut Connection,
    year: i32,
    change: Change,
) -> Result<Saved<BudgetRow>, Failure> {
    let current = lock(connection, year).await?.ok_or_else(missing)?;
    change.writer.may_edit("budgets")?;
    change.conditions.check(Some(&current.tag()))?;
    let content = read(change.body.merged_into(&current.content)?)?;
    Ok(replace(connection, current, content).await?)
}

async fn delete(connection: &mut Connection, year: i32, removal: Removal) -> Result<(), Failure> {
    let current = lock_to_delete(connection, year)
        .await?
        .ok_or_else(missing)?;
    removal.writer.may_edit("budgets")?;
    removal.conditions.check(Some(&current.tag()))?;
    let referrers = goals::keys_of_year(connection, year).await?;
    if !referrers.is_empty() {
        let names: Vec<String> = referrers.iter().map(|id| format!("goal {id}")).collect();
        return Err(Problem::new(Code::ReferredTo, name_referrers("the budget", &names)).into());
    }
    diesel::delete(budgets::table.find(year))
        .execute(connection)
        .await?;
    Ok(())
}

/// The first and the last budget year, where there is one.
pub async fn years(connection: &mut Connection) -> QueryResult<(Option<i32>, Option<i32>)> {
    let edges = (min(budgets::budget_year), max(budgets::budget_year));
    budgets::table.select(edges).first(connection).await
}

/// The operations of this resource.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(list_budgets, __path_list_budgets).listing(&LIST),
        operation!(get_budget, __path_get_budget).selecting(&LIST),
        operation!(put_budget, __path_put_budget),
        operation!(patch_budget, __path_patch_budget),
        operation!(delete_budget, __path_delete_budget).refusing(&[Code::ReferredTo]),
    ]
}
