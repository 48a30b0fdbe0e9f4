//! The SQL of municipalities.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{MunicipalityContent, MunicipalityKind, MunicipalityRow};
use crate::database::Connection;
use crate::database::schema::municipalities;
use crate::database::statement::{SqlValue, Statement};
use crate::resources::{Outcome, Part, Saved, named};

/// The municipality with this code.
pub(super) async fn find(
    connection: &mut Connection,
    code: &str,
) -> QueryResult<Option<MunicipalityRow>> {
    municipalities::table
        .find(code)
        .select(MunicipalityRow::as_select())
        .first(connection)
        .await
        .optional()
}

/// The municipality with this code, held for a change until the transaction ends.
pub(super) async fn lock(
    connection: &mut Connection,
    code: &str,
) -> QueryResult<Option<MunicipalityRow>> {
    municipalities::table
        .find(code)
        .select(MunicipalityRow::as_select())
        .for_no_key_update()
        .first(connection)
        .await
        .optional()
}

/// The same for its deletion: nobody can come to refer to it meanwhile.
pub(super) async fn lock_to_delete(
    connection: &mut Connection,
    code: &str,
) -> QueryResult<Option<MunicipalityRow>> {
    municipalities::table
        .find(code)
        .select(MunicipalityRow::as_select())
        .for_update()
        .first(connection)
        .await
        .optional()
}

/// Holds a municipality in place until the transaction ends; whether it is there.
pub async fn hold(connection: &mut Connection, code: &str) -> QueryResult<bool> {
    let query = municipalities::table
        .find(code)
        .select(municipalities::municipality_code);
    let found: Option<String> = query.for_key_share().first(connection).await.optional()?;
    Ok(found.is_some())
}

/// What a view shows of a municipality.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = municipalities)]
pub struct Named {
    /// The key.
    pub municipality_code: String,
    /// The name.
    pub name: String,
    /// Whether it is a municipality, a region or the country.
    pub kind: MunicipalityKind,
}

/// Code, name and kind of these, or of all municipalities without regions and
/// the country, by code.
pub async fn names(
    connection: &mut Connection,
    codes: Option<&[String]>,
) -> QueryResult<Vec<Named>> {
    let mut query = municipalities::table
        .order(municipalities::municipality_code)
        .select(Named::as_select())
        .into_boxed();
    query = match codes {
        Some(codes) => query.filter(municipalities::municipality_code.eq_any(codes)),
        None => query.filter(municipalities::kind.eq(MunicipalityKind::Municipality)),
    };
    query.load(connection).await
}

/// Code, name and kind of those with these codes, or all, that are of one of these
/// kinds, or any, and whose name has this text in it, by code.
pub async fn listed(
    connection: &mut Connection,
    codes: Option<&[String]>,
    kinds: Option<&[MunicipalityKind]>,
    name: Option<&str>,
    part: Part,
) -> QueryResult<Vec<Named>> {
    let mut statement = Statement::new("SELECT municipality_code, name, kind FROM municipalities")
        .then(named("municipality_code", codes, "name", name));
    if let Some(kinds) = kinds {
        let words = kinds.iter().map(|kind| kind.word().to_owned()).collect();
        let kinds = Statement::is("kind", SqlValue::Texts(words));
        statement = statement.sql(" AND ").then(kinds);
    }
    statement
        .sql(" ORDER BY municipality_code")
        .then(part.limit())
        .load(connection)
        .await
}

/// The municipalities among `codes` that are there, held until the transaction
/// ends: in the order of their codes, so that two such do not wait for each other.
pub async fn hold_all(connection: &mut Connection, codes: &[String]) -> QueryResult<Vec<String>> {
    municipalities::table
        .filter(municipalities::municipality_code.eq_any(codes))
        .order(municipalities::municipality_code)
        .select(municipalities::municipality_code)
        .for_key_share()
        .load(connection)
        .await
}

/// Makes a municipality; `None` when somebody else made it in the meantime.
pub async fn insert(
    connection: &mut Connection,
    code: &str,
    content: &MunicipalityContent,
) -> QueryResult<Option<MunicipalityRow>> {
    diesel::insert_into(municipalities::table)
        .values((municipalities::municipality_code.eq(code), content))
        .on_conflict(municipalities::municipality_code)
        .do_nothing()
        .returning(MunicipalityRow::as_returning())
        .get_result(connection)
        .await
        .optional()
}

/// Writes `content` over a municipality, if it is not so already.
pub(super) async fn replace(
    connection: &mut Connection,
    current: MunicipalityRow,
    content: MunicipalityContent,
) -> QueryResult<Saved<MunicipalityRow>> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let row = diesel::update(municipalities::table.find(&current.municipality_code))
        .set(content)
        .returning(MunicipalityRow::as_returning())
        .get_result(connection)
        .await?;
    Ok(Saved::new(row, Outcome::Updated))
}

/// Deletes a municipality.
pub(super) async fn delete(connection: &mut Connection, code: &str) -> QueryResult<usize> {
    diesel::delete(municipalities::table.find(code))
        .execute(connection)
        .await
}
