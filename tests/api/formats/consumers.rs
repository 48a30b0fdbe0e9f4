//! The docs for those who use the figures: what they say to run is run.

use super::started;
use crate::support::readers;

/// The blocks of a language in a page, one after the other.
fn code(page: &str, language: &str) -> String {
    let begin = format!("```{language}\n");
    let blocks = page.split(&begin).skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().unwrap_or_default());
    blocks.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_python_of_the_docs_runs() {
    let app = started().await;
    let page = include_str!("../../../docs/consumers/python.md");
    let code = code(page, "python").replace("http://localhost:8080", &app.base);
    assert!(code.contains(&app.base) && code.contains("pyjstat"));
    let said = readers::read("consumer", &[], code.as_bytes()).await;
    let said = said["printed"].as_str().expect("text");
    assert!(
        said.contains("Källa: Kolada") && said.contains("200 304"),
        "{said}"
    );
    assert!(said.contains("Invånare totalt, antal"), "{said}");
}
