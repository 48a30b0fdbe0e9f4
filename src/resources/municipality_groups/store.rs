//! The SQL of municipality groups, and the rule between them and municipalities.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{MunicipalityGroupContent, MunicipalityGroupRow};
use crate::database::failure::explain;
use crate::database::schema::municipality_groups as groups;
use crate::database::statement::Statement;
use crate::database::{Connection, Failure};
use crate::http::members::Faults;
use crate::problem::{Fault, Problem};
use crate::resources::{NAMED, Outcome, Part, Saved, municipalities, named};

/// The group with this key.
pub async fn find(
    connection: &mut Connection,
    id: &str,
) -> QueryResult<Option<MunicipalityGroupRow>> {
    groups::table
        .find(id)
        .select(MunicipalityGroupRow::as_select())
        .first(connection)
        .await
        .optional()
}

/// The groups with these keys, or all, whose title has this text in it, by key.
pub async fn listed(
    connection: &mut Connection,
    ids: Option<&[String]>,
    title: Option<&str>,
    part: Part,
) -> QueryResult<Vec<MunicipalityGroupRow>> {
    Statement::new("SELECT * FROM municipality_groups")
        .then(named("group_id", ids, "title", title))
        .sql(" ORDER BY group_id")
        .then(part.limit())
        .load(connection)
        .await
}

/// The group with this key, held for a change until the transaction ends.
pub async fn lock(
    connection: &mut Connection,
    id: &str,
) -> QueryResult<Option<MunicipalityGroupRow>> {
    groups::table
        .find(id)
        .select(MunicipalityGroupRow::as_select())
        .for_no_key_update()
        .first(connection)
        .await
        .optional()
}

/// The first groups that hold a municipality, by key, as a 409 names them.
pub async fn named_of_municipality(
    connection: &mut Connection,
    code: &str,
) -> QueryResult<Vec<String>> {
    let found: Vec<String> = groups::table
        .filter(groups::municipality_codes.contains(vec![code]))
        .order(groups::group_id)
        .select(groups::group_id)
        .limit(NAMED + 1)
        .load(connection)
        .await?;
    let named = found.iter().map(|id| format!("municipality group {id}"));
    Ok(named.collect())
}

/// Makes a group; `None` when somebody else made it in the meantime.
pub async fn insert(
    connection: &mut Connection,
    id: &str,
    content: &MunicipalityGroupContent,
) -> Result<Option<MunicipalityGroupRow>, Failure> {
    diesel::insert_into(groups::table)
        .values((groups::group_id.eq(id), content))
        .on_conflict(groups::group_id)
        .do_nothing()
        .returning(MunicipalityGroupRow::as_returning())
        .get_result(connection)
        .await
        .optional()
        .map_err(|error| explain(error, told))
}

/// Writes `content` over a group, if it is not so already.
pub async fn replace(
    connection: &mut Connection,
    current: MunicipalityGroupRow,
    content: MunicipalityGroupContent,
) -> Result<Saved<MunicipalityGroupRow>, Failure> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let row = diesel::update(groups::table.find(&current.group_id))
        .set(content)
        .returning(MunicipalityGroupRow::as_returning())
        .get_result(connection)
        .await
        .map_err(|error| explain(error, told))?;
    Ok(Saved::new(row, Outcome::Updated))
}

/// Deletes a group.
pub(super) async fn delete(connection: &mut Connection, id: &str) -> QueryResult<usize> {
    diesel::delete(groups::table.find(id))
        .execute(connection)
        .await
}

fn told(constraint: &str) -> Option<Problem> {
    (constraint == "municipality_groups_municipality_codes_fkey").then(|| {
        Problem::invalid(vec![Fault::new(
            "/municipalityCodes",
            "unknownReference",
            "one of the municipalities is not there",
        )])
    })
}

/// Notes which of its municipalities are not there; those that are, are held
/// until the transaction ends.
pub(super) async fn check(
    connection: &mut Connection,
    content: &MunicipalityGroupContent,
    faults: &mut Faults,
) -> QueryResult<()> {
    let wanted = &content.municipality_codes;
    if wanted.is_empty() {
        return Ok(());
    }
    let found = municipalities::hold_all(connection, wanted).await?;
    for (index, code) in wanted.iter().enumerate() {
        let pointer = format!("/municipalityCodes/{index}");
        if !faults.has(&pointer) && !found.contains(code) {
            let detail = format!("there is no municipality {code}");
            faults.add(pointer, "unknownReference", detail);
        }
    }
    Ok(())
}
