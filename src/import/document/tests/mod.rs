//! What a reader of a document sees. The documents are written for the tests, in their own
//! words; the municipality's are read from where they lie, beside the crate.
mod amounts;
mod boards;
mod bounds;
mod doubts;
mod encodings;
mod goal_pages;
mod headings;
mod introductions;

mod layout;
mod properties;
mod refusals;
mod sections;
mod seeds;

use super::{BudgetDocument, Document, DoubtCode, Goal, GoalPage, Refusal, parse};

fn budget(text: &str) -> BudgetDocument {
    match parse(text.as_bytes()) {
        Ok(Document::Budget(budget)) => budget,
        other => panic!("no budget document: {other:?}"),
    }
}

fn page(text: &str) -> GoalPage {
    match parse(text.as_bytes()) {
        Ok(Document::GoalPage(page)) => page,
        other => panic!("no goal's page: {other:?}"),
    }
}

fn refusal(bytes: impl AsRef<[u8]>) -> Refusal {
    parse(bytes.as_ref()).expect_err("this is no document")
}

fn texts(goal: &Goal) -> Vec<&str> {
    goal.paragraphs
        .iter()
        .map(|paragraph| paragraph.text.as_str())
        .collect()
}

/// The lines that have a doubt of this kind.
fn doubted(document: &Document, code: DoubtCode) -> Vec<usize> {
    document
        .doubts()
        .iter()
        .filter(|doubt| doubt.code == code)
        .map(|doubt| doubt.line)
        .collect()
}

/// A goal with this text under it, in the smallest document that is one.
fn goal_with(text: &str) -> Goal {
    let document = budget(&format!(
        "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\n{text}"
    ));
    document
        .goals
        .into_iter()
        .next()
        .expect("the document has a goal")
}

/// A whole document with a contents list, an introduction and three goals.
const DOCUMENT: &str = "\
SJÖVIKS
KOMMUN

Kommunövergripande mål budget 2025

Kommunfullmäktige

Innehållsförteckning

1\tVåra mål\t3
1.1\tVi har rena sjöar\t4
1.2\tVi har en skola som når
alla barn i hela kommunen\t5
1.3\tVi bygger för fler .\t6

1 Våra mål

Målen gäller hela kommunen.

De följs upp varje vår.

I budget 2025 finns tre kommunövergripande mål:

- Vi har rena sjöar
- Vi har en skola som når alla barn i hela kommunen
- Vi bygger för fler

1.1 Vi har rena sjöar

Sjöarna är våra. Ingen äger vattnet.

Den som fiskar ska kunna äta sin fisk.

1.2 Vi har en skola som når alla barn i hela kommunen.

Skolan är öppen för alla.

1.3 Vi bygger för fler.

Vi bygger för fler.

Fler ska få plats i byarna.
";
