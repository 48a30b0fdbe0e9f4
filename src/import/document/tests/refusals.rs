//! What is no document of the council's.
use super::super::RefusalCode;
use super::refusal;

#[test]
fn nothing_is_refused_as_empty() {
    for text in ["", "\n\n \n", "\u{FEFF}", "\u{c}\u{200B}\n"] {
        assert_eq!(refusal(text).code, RefusalCode::Empty, "{text:?}");
    }
}

#[test]
fn any_other_text_is_refused() {
    let texts = [
        "Hej.",
        "<!DOCTYPE html>\n<html><body>Hej</body></html>",
        "{\"goals\": []}",
        "Protokoll 2025-01-02\n\n1.1 Upprop\n\nAlla var där.\n\n1.2 Val av justerare\n\nEva valdes.\n",
        "Mål:\n\nVi hade mål men skrev dem inte.",
    ];
    for text in texts {
        let refusal = refusal(text);
        assert_eq!(
            (refusal.code, refusal.line),
            (RefusalCode::NotADocument, None),
            "{text:?}"
        );
    }
}

#[test]
fn a_budget_document_without_goals_is_refused_at_its_title() {
    let refusal =
        refusal("SJÖVIK\n\nKommunövergripande mål budget 2025\n\nMålen beslutas senare.\n");
    assert_eq!(
        (refusal.code, refusal.line),
        (RefusalCode::NoGoals, Some(3))
    );
}

#[test]
fn a_page_or_a_goal_without_a_statement_is_refused() {
    let page = refusal("Mål: Rent vatten\n\nUppdrag från fullmäktige 2025\n\n- Rena vattnet\n");
    assert_eq!((page.code, page.line), (RefusalCode::NoStatement, Some(1)));
    let goal = refusal("Fullmäktiges mål 2025\n\nMål 1:\n\nMål 2: Vi läser\n");
    assert_eq!((goal.code, goal.line), (RefusalCode::NoStatement, Some(3)));
}

#[test]
fn two_pages_in_one_file_are_refused_at_the_second() {
    let refusal =
        refusal("Mål: Rent vatten\n\nVattnet är rent.\n\nMål: Goda böcker\n\nBöckerna är goda.\n");
    assert_eq!(
        (refusal.code, refusal.line),
        (RefusalCode::SeveralGoalPages, Some(5))
    );
}
