//! The database that is measured: made-up goals and assignments by SQL, and
//! values through `malbild import values`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use malbild::database::Target;
use tokio_postgres::Client;

use crate::Options;
use crate::process::Process;
use crate::program::Malbild;

/// The goal that is read by its id.
pub(crate) const GOAL: &str = "01941f29-7c00-7000-8000-000000000001";
/// The board whose assignments are read.
pub(crate) const BOARD: &str = "namnd-1";
/// How many municipalities there are: as many as in Sweden.
pub(crate) const MUNICIPALITIES: u32 = 290;
/// The first of the years.
const FIRST_YEAR: u32 = 2000;
/// How many years there are.
const YEARS: u32 = 25;
const GENDERS: [&str; 3] = ["K", "M", "T"];
/// How many values an indicator has.
pub(crate) const OF_INDICATOR: u32 = MUNICIPALITIES * YEARS * 3;
const HEADER: &str = "indicatorCode,municipalityCode,year,gender,value,status,provenance,note";

/// What the database holds, and what it took to import the values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filled {
    /// How many values there are.
    pub(crate) values: u32,
    /// How long the import took and the most memory it had; `None` when the
    /// database was filled before.
    pub(crate) import: Option<(Duration, u64)>,
}

/// The code of an indicator by its number.
pub(crate) fn indicator(number: u32) -> String {
    format!("N{:05}", number + 1)
}

/// The code of a municipality by its number.
pub(crate) fn municipality(number: u32) -> String {
    format!("{:04}", 1000 + number)
}

/// A connection as the superuser, who may tidy up.
pub(crate) async fn superuser(malbild: &Malbild) -> Result<Client, String> {
    let url = malbild
        .urls
        .superuser
        .replacen("/postgres?", "/malbild?", 1);
    let target = Target::parse(&url).map_err(|error| error.to_string())?;
    target.client().await.map_err(|error| error.to_string())
}

/// Fills an empty database.
pub(crate) async fn fill(
    malbild: &Malbild,
    folder: &Path,
    options: &Options,
) -> Result<Filled, String> {
    let client = superuser(malbild).await?;
    let failed = |error: tokio_postgres::Error| format!("filling the database: {error:?}");
    let total = "SELECT total FROM row_totals WHERE table_name = 'indicator_values'";
    let there: i64 = client.query_one(total, &[]).await.map_err(failed)?.get(0);
    if there > 0 {
        let values = u32::try_from(there).map_err(|error| error.to_string())?;
        return Ok(Filled {
            values,
            import: None,
        });
    }
    client.batch_execute(GOALS).await.map_err(failed)?;
    let indicators = options.values.div_ceil(OF_INDICATOR).max(2);
    client
        .batch_execute(&measured("N", indicators))
        .await
        .map_err(failed)?;
    let values = indicators * OF_INDICATOR;
    let file = folder.join("values.csv");
    write(&file, values, indicator, 0)?;
    eprintln!("importing {values} values");
    let import = import(malbild, &file, options).await?;
    client
        .batch_execute("VACUUM (ANALYZE)")
        .await
        .map_err(failed)?;
    Ok(Filled {
        values,
        import: Some(import),
    })
}

/// Runs `malbild import values`; how long it took and the most memory it had.
pub(crate) async fn import(
    malbild: &Malbild,
    file: &Path,
    options: &Options,
) -> Result<(Duration, u64), String> {
    let mut command = Malbild::command(&malbild.data_dir, options);
    command.args(["import", "values"]).arg(file);
    command.stdout(Stdio::null());
    let begun = Instant::now();
    let mut process = Process::start("malbild import values", command)?;
    let most = process.succeeds().await?;
    Ok((begun.elapsed(), most))
}

/// Writes so many values as CSV, in the order of their keys. Another `change`
/// gives every figure another value; one in fifty is missing.
pub(crate) fn write(
    file: &Path,
    values: u32,
    indicator: fn(u32) -> String,
    change: u32,
) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", file.display());
    let mut out = BufWriter::new(File::create(file).map_err(failed)?);
    writeln!(out, "{HEADER}").map_err(failed)?;
    for number in 0..values {
        let gender = GENDERS[(number % 3) as usize];
        let year = FIRST_YEAR + number / 3 % YEARS;
        let municipality = municipality(number / 3 / YEARS % MUNICIPALITIES);
        let indicator = indicator(number / OF_INDICATOR);
        let figure = figure(number, change);
        writeln!(
            out,
            "{indicator},{municipality},{year},{gender},{figure},kolada,"
        )
        .map_err(failed)?;
    }
    out.flush().map_err(failed)
}

/// A figure with its status: of one to seven digits, none to three of them decimals.
fn figure(number: u32, change: u32) -> String {
    let mixed = number.wrapping_mul(2_654_435_761) >> 8;
    if number % 50 == 7 && change == 0 {
        return ",missing".to_owned();
    }
    let digits = mixed % 10_u32.pow(mixed % 7 + 1) + change;
    match number % 4 {
        0 => format!("{digits},final"),
        decimals => {
            let scale = 10_u32.pow(decimals);
            let (whole, rest) = (digits / scale, digits % scale);
            let width = decimals as usize;
            format!("{whole}.{rest:0width$},final")
        }
    }
}

/// So many indicators whose codes begin so.
pub(crate) fn measured(letters: &str, count: u32) -> String {
    format!(
        "INSERT INTO indicators (indicator_code, title, unit, decimals, direction, divided_by_gender, sdgs)
         SELECT '{letters}' || lpad(n::text, 5, '0'), 'Exempel: nyckeltal ' || n, 'procent', 1,
                'higherIsBetter', true, '{{}}'
           FROM generate_series(1, {count}) n"
    )
}

/// 50 goals of one budget, the first with 2,000 characters of text; 150
/// assignments that address the first board, half of them by its name, and 300
/// that name others.
const GOALS: &str = "
    SELECT set_config('malbild.role', 'operator', false);
    INSERT INTO budgets (budget_year, title) VALUES (2024, 'Exempel: budget 2024');
    INSERT INTO boards (board_id, name, kind)
    SELECT 'namnd-' || n, 'Exempel: nämnd ' || n, 'board' FROM generate_series(1, 12) n;
    INSERT INTO goals (goal_id, budget_year, number, name, statement, political_text, position,
                       predecessor_ids, sdgs, source)
    SELECT ('01941f29-7c00-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 2024, '1.' || n,
           'Exempel: mål ' || n,
           'Exempel: i vår kommun ska alla som bor och verkar här känna sig delaktiga, mål nummer ' || n,
           CASE n WHEN 1 THEN left(repeat('Kommunens vägar ska skyltas på båda sidor om ån. ', 50), 2000) END,
           n, '{}', ARRAY[1 + n % 17],
           '{\"title\": \"Exempel: kommunövergripande mål\", \"url\": null, \"publishedOn\": \"2023-11-23\", \"updatedOn\": null}'
      FROM generate_series(1, 50) n;
    INSERT INTO assignments (assignment_id, goal_id, title, description, origin, all_boards, board_ids,
                             status, starts_on, due_on)
    SELECT ('01941f29-7c00-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid,
           ('01941f29-7c00-7000-8000-' || lpad(to_hex(1 + n % 50), 12, '0'))::uuid,
           'Exempel: ta fram en handlingsplan, uppdrag ' || n,
           'Planen ska visa vad som görs, när och av vem, och följas upp varje år.',
           'council', n <= 75,
           CASE WHEN n <= 75 THEN ARRAY[]::text[]
                WHEN n <= 150 THEN ARRAY['namnd-1', 'namnd-' || 2 + n % 11]
                ELSE ARRAY['namnd-' || 2 + n % 11] END,
           'notStarted', '2024-01-01', '2024-12-31'
      FROM generate_series(1, 450) n;
    INSERT INTO municipalities (municipality_code, name, county_code, kind)
    SELECT (999 + n)::text, 'Exempel: kommun ' || n, '10', 'municipality' FROM generate_series(1, 290) n;
";
