//! Taking values away that nobody has changed.

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;

use super::Staging;
use crate::database::Connection;

impl Staging {
    /// Deletes the values of these rows whose last change was made in the role
    /// `role`. Answers how many those were and how many are left.
    pub async fn remove_untouched(
        &self,
        connection: &mut Connection,
        role: &str,
    ) -> QueryResult<(usize, usize)> {
        // Held first, in a statement of its own: the next one then sees what
        // others have changed until now, and nobody changes anything meanwhile.
        let there = diesel::sql_query(
            "SELECT FROM indicator_values v JOIN incoming_values
              USING (indicator_code, municipality_code, year, gender)
              ORDER BY indicator_code, municipality_code, year, gender FOR UPDATE OF v",
        )
        .execute(connection)
        .await?;
        let removed = diesel::sql_query(
            "DELETE FROM indicator_values v USING incoming_values i
              WHERE (v.indicator_code, v.municipality_code, v.year, v.gender)
                    = (i.indicator_code, i.municipality_code, i.year, i.gender)
                AND (SELECT c.actor_role = $1 FROM history h JOIN change_sets c USING (change_set_id)
                      WHERE h.resource = 'values'
                        AND ((h.key ->> 'indicator_code') COLLATE \"C\", (h.key ->> 'municipality_code') COLLATE \"C\",
                             (h.key ->> 'year')::integer, (h.key ->> 'gender') COLLATE \"C\")
                            = (v.indicator_code, v.municipality_code, v.year, v.gender)
                      ORDER BY h.entry_id DESC LIMIT 1)",
        )
        .bind::<Text, _>(role)
        .execute(connection)
        .await?;
        Ok((removed, there - removed))
    }
}
