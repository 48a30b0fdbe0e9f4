//! What the rows say against each other and against what is there. The faults go
//! to a table of the transaction's own: there may be as many as rows, and more.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use super::{FORBIDDEN, OnConflict, RowFault, Staging, Terms};
use crate::database::Connection;
use crate::database::statement::{SqlValue, Statement};

/// What refers to nothing.
const UNKNOWN_INDICATOR: &str =
    "SELECT row_number, 'indicatorCode', 'unknownReference', 'there is no indicator ' || indicator_code
       FROM incoming_values v
      WHERE indicator_code IS NOT NULL
        AND NOT EXISTS (SELECT FROM indicators i WHERE i.indicator_code = v.indicator_code)";
const UNKNOWN_MUNICIPALITY: &str =
    "SELECT row_number, 'municipalityCode', 'unknownReference', 'there is no municipality ' || municipality_code
       FROM incoming_values v
      WHERE municipality_code IS NOT NULL
        AND NOT EXISTS (SELECT FROM municipalities m WHERE m.municipality_code = v.municipality_code)";

/// What has no gender.
const NOT_DIVIDED: &str = "SELECT row_number, 'gender', 'inconsistent',
            'the indicator ' || v.indicator_code || ' is not divided by gender: its only gender is T'
       FROM incoming_values v JOIN indicators i USING (indicator_code)
      WHERE v.gender <> 'T' AND NOT v.withdraws AND NOT i.divided_by_gender";

/// What comes twice.
const DUPLICATE: &str = "SELECT row_number, 'indicatorCode', 'duplicate',
            'row ' || CASE row_number WHEN first_row THEN last_row ELSE first_row END
                || ' has the same indicator, municipality, year and gender'
       FROM incoming_values v
       JOIN (SELECT indicator_code, municipality_code, year, gender,
                    min(row_number) AS first_row, max(row_number) AS last_row
               FROM incoming_values
              GROUP BY indicator_code, municipality_code, year, gender
             HAVING count(*) > 1) twice
      USING (indicator_code, municipality_code, year, gender)";

/// The values that are there under the keys of the rows, each looked up by its key.
const THERE: &str = "
      FROM incoming_values v
     CROSS JOIN LATERAL (
           SELECT provenance FROM indicator_values t
            WHERE (t.indicator_code, t.municipality_code, t.year, t.gender)
                  = (v.indicator_code, v.municipality_code, v.year, v.gender)
           OFFSET 0) AS there";

/// The rows that would replace or withdraw what is not a board's.
pub(super) fn not_reported(on_conflict: OnConflict) -> String {
    let touches = match on_conflict {
        OnConflict::Update => "true",
        OnConflict::Skip | OnConflict::Fail => "v.withdraws",
    };
    format!(
        "SELECT row_number, 'provenance', '{FORBIDDEN}',
                'the value that is there is not reported, and only reported values are a board''s'
           {THERE} WHERE there.provenance <> 'reported' AND {touches}"
    )
}

/// The rows that would write what is there already.
fn taken() -> String {
    format!("SELECT row_number, 'indicatorCode', 'taken', '{TAKEN}' {THERE} WHERE NOT v.withdraws")
}

/// The fault of a row that would write over a value, in words.
pub(super) const TAKEN: &str = "there is a value with this key already";

/// The rows of indicators that the board does not answer for.
fn foreign(board_id: &str) -> Statement {
    Statement::new(format!(
        "SELECT row_number, 'indicatorCode', '{FORBIDDEN}',
                'the board does not answer for the indicator ' || v.indicator_code
           FROM incoming_values v JOIN indicators i USING (indicator_code)
          WHERE i.responsible_board_id IS DISTINCT FROM "
    ))
    .value(SqlValue::Text(board_id.to_owned()))
}

/// The rows that a board may not write, whatever is there.
fn not_to_be_reported() -> String {
    format!(
        "SELECT row_number, 'provenance', '{FORBIDDEN}', 'a board''s key writes reported values only'
           FROM incoming_values WHERE provenance <> 'reported'"
    )
}

/// An indicator that is held, with what its values depend on.
#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = Bool)]
    divided_by_gender: bool,
    #[diesel(sql_type = Nullable<Text>)]
    responsible_board_id: Option<String>,
}

#[derive(QueryableByName)]
struct CountedFault {
    #[diesel(embed)]
    fault: RowFault,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

#[derive(QueryableByName)]
struct Left {
    #[diesel(sql_type = BigInt)]
    rows: i64,
    #[diesel(sql_type = BigInt)]
    withdrawals: i64,
    #[diesel(sql_type = Bool)]
    of_kolada: bool,
}

impl Staging {
    /// Holds what the rows refer to until the transaction ends, and notes the
    /// faults that a row does not show by itself; answers how many those are. The
    /// database looks for those alone that there can be.
    pub async fn check(&self, connection: &mut Connection, terms: &Terms) -> QueryResult<i64> {
        let indicators = self.hold_indicators(connection, terms).await?;
        let municipalities = self.hold_municipalities(connection).await?;
        let mut parts = Vec::new();
        if indicators.len() < self.seen.indicators.len() {
            parts.push(Statement::new(UNKNOWN_INDICATOR));
        }
        if municipalities < self.seen.municipalities.len() {
            parts.push(Statement::new(UNKNOWN_MUNICIPALITY));
        }
        if self.seen.by_gender && indicators.iter().any(|held| !held.divided_by_gender) {
            parts.push(Statement::new(NOT_DIVIDED));
        }
        if self.seen.may_repeat {
            parts.push(Statement::new(DUPLICATE));
        }
        if let Some(board_id) = &terms.board_id {
            let own = |held: &Held| held.responsible_board_id.as_ref() == Some(board_id);
            if !indicators.iter().all(own) {
                parts.push(foreign(board_id));
            }
            if self.seen.not_reported {
                parts.push(Statement::new(not_to_be_reported()));
            }
            parts.push(Statement::new(not_reported(terms.on_conflict)));
        }
        if terms.on_conflict == OnConflict::Fail {
            parts.push(Statement::new(taken()));
        }
        if self.withdrawals > 0 || !parts.is_empty() {
            connection.batch_execute("ANALYZE incoming_values").await?;
        }
        let together = parts
            .into_iter()
            .reduce(|all, part| all.sql(" UNION ALL ").then(part));
        let Some(found) = together else {
            return Ok(0);
        };
        let noted = Statement::new("INSERT INTO row_faults (row_number, field, code, detail) ")
            .then(found)
            .rare(true)
            .execute(connection)
            .await?;
        Ok(noted as i64)
    }

    /// What a board's key may write depends on more of an indicator than whether it
    /// is there, so for that all of it is held.
    async fn hold_indicators(
        &self,
        connection: &mut Connection,
        terms: &Terms,
    ) -> QueryResult<Vec<Held>> {
        let strength = match terms.board_id {
            Some(_) => "SHARE",
            None => "KEY SHARE",
        };
        diesel::sql_query(format!(
            "SELECT divided_by_gender, responsible_board_id FROM indicators
              WHERE indicator_code = ANY ($1) ORDER BY indicator_code FOR {strength}"
        ))
        .bind::<Array<Text>, _>(self.seen.indicators.iter().collect::<Vec<_>>())
        .load(connection)
        .await
    }

    async fn hold_municipalities(&self, connection: &mut Connection) -> QueryResult<usize> {
        diesel::sql_query(
            "SELECT FROM municipalities WHERE municipality_code = ANY ($1)
              ORDER BY municipality_code FOR KEY SHARE",
        )
        .bind::<Array<Text>, _>(self.seen.municipalities.iter().collect::<Vec<_>>())
        .execute(connection)
        .await
    }

    /// The first `most` faults that have been noted, by row, and how many there
    /// are: all of them, or those of who loads alone.
    pub async fn faults(
        &self,
        connection: &mut Connection,
        forbidden_alone: bool,
        most: usize,
    ) -> QueryResult<(Vec<RowFault>, i64)> {
        let found: Vec<CountedFault> = diesel::sql_query(
            "SELECT row_number, field, code, detail, count(*) OVER () AS total FROM row_faults
              WHERE code = 'forbidden' OR NOT $1 ORDER BY row_number, field, code LIMIT $2",
        )
        .bind::<Bool, _>(forbidden_alone)
        .bind::<BigInt, _>(i64::try_from(most).unwrap_or(i64::MAX))
        .load(connection)
        .await?;
        let total = found.as_slice().first().map_or(0, |first| first.total);
        Ok((found.into_iter().map(|one| one.fault).collect(), total))
    }

    /// Takes out the rows at fault; answers how many those were.
    pub async fn leave_out_the_faulty(&mut self, connection: &mut Connection) -> QueryResult<i64> {
        let left_out = diesel::sql_query(
            "DELETE FROM incoming_values
              WHERE NOT sound OR row_number IN (SELECT row_number FROM row_faults)",
        )
        .execute(connection)
        .await?;
        let left: Left = diesel::sql_query(
            "SELECT count(*) AS rows, count(*) FILTER (WHERE withdraws) AS withdrawals,
                    coalesce(bool_or(provenance = 'kolada'), false) AS of_kolada FROM incoming_values",
        )
        .get_result(connection)
        .await?;
        (self.rows, self.withdrawals) = (left.rows, left.withdrawals);
        self.of_kolada = left.of_kolada;
        Ok(left_out as i64)
    }
}
