//! The page that every problem's `type` leads to: one anchor per code.

use std::fmt::Write;

use crate::http::problem::Code;

const HEAD: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Problems – Målbild</title>
<link rel="icon" type="image/png" href="favicon-32x32.png">
<link rel="stylesheet" href="page.css">
</head>
<body>
<main>
<h1>Problems</h1>
<p>Every refusal is <code>application/problem+json</code> (RFC 9457). Its <code>type</code> leads to a row of this
table, its <code>code</code> never changes, and its <code>traceId</code> is what to name in a report. Where members of
a body are at fault, <code>errors</code> lists each with its <code>pointer</code> and a code of its own.
See also <a href="../docs">the documentation of the API</a>.</p>
<table>
<thead><tr><th scope="col">Status</th><th scope="col">Code</th><th scope="col">Title</th><th scope="col">What it means and what to do</th></tr></thead>
<tbody>
"#;

const FOOT: &str = "</tbody>\n</table>\n</main>\n</body>\n</html>\n";

/// The page.
pub(super) fn page() -> String {
    let mut page = HEAD.to_owned();
    for code in Code::ALL {
        let name = code.name();
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "<tr id=\"{name}\"><td>{}</td><th scope=\"row\"><a href=\"#{name}\"><code>{name}</code></a></th><td>{}</td><td>{}</td></tr>",
            code.status(),
            marked_up(code.title()),
            marked_up(code.meaning()),
        );
    }
    page.push_str(FOOT);
    page
}

/// Text as HTML, with what stands between backticks as code.
fn marked_up(text: &str) -> String {
    let mut marked = String::new();
    for (index, part) in text.split('`').enumerate() {
        let part = part
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        if index % 2 == 1 {
            let _ = write!(marked, "<code>{part}</code>");
        } else {
            marked.push_str(&part);
        }
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_the_table_is_escaped_and_code_is_marked() {
        assert_eq!(
            marked_up("a < b & `If-Match`"),
            "a &lt; b &amp; <code>If-Match</code>"
        );
    }
}
