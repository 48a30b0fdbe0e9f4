//! The query part of a URL, read strictly.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use unicode_normalization::UnicodeNormalization;

use crate::problem::Problem;

/// What is escaped in a query's names and values: all but what RFC 3986 calls
/// unreserved, and the comma and colon of lists and moments.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b',')
    .remove(b':');

/// The parameters of a request, each at most once and each of them known.
#[derive(Clone, Debug, Default)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Reads a query. 400 for a parameter that is not in `known`, that comes
    /// twice, that is not UTF-8, or that holds a control character.
    pub fn parse(raw: &str, known: &[&str]) -> Result<Self, Problem> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in self::pairs(raw) {
            let (name, value) = pair?;
            if !known.contains(&name.as_str()) {
                let known = if known.is_empty() {
                    "none".to_owned()
                } else {
                    known.join(", ")
                };
                return Err(Problem::query(format!(
                    "there is no parameter {name:?} here; known: {known}"
                )));
            }
            if pairs.iter().any(|(other, _)| *other == name) {
                return Err(Problem::query(format!("the parameter {name} comes twice")));
            }
            pairs.push((name, value));
        }
        Ok(Self { pairs })
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// The values of a comma list, each read by `read`. 400 for one it cannot read.
    pub fn list<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<Vec<T>>, Problem> {
        let Some(raw) = self.get(name) else {
            return Ok(None);
        };
        raw.split(',')
            .map(|word| read(word).ok_or_else(|| wrong(name, word)))
            .collect::<Result<Vec<T>, Problem>>()
            .map(Some)
    }

    /// The value of a parameter, read by `read`. 400 if it cannot be read.
    pub fn one<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        self.get(name)
            .map(|raw| read(raw).ok_or_else(|| wrong(name, raw)))
            .transpose()
    }

    /// The query again as text, without the parameters in `without` and with
    /// those in `with`.
    pub fn again(&self, without: &[&str], with: &[(&str, &str)]) -> String {
        let kept = self
            .pairs
            .iter()
            .filter(|(name, _)| !without.contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), value.as_str()));
        kept.chain(with.iter().copied())
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect::<Vec<_>>()
            .join("&")
    }
}

/// The names and values of a query, decoded, in their order. 400 for one that is
/// not UTF-8 or holds a control character.
pub fn pairs(raw: &str) -> impl Iterator<Item = Result<(String, String), Problem>> {
    let parts = raw.split('&').filter(|part| !part.is_empty());
    parts.map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        Ok((decode(name)?, decode(value)?))
    })
}

impl Query {
    /// The query again as text with this value of a parameter, in its place if it was
    /// there: the address of the same in another form.
    pub fn with(&self, name: &str, value: &str) -> String {
        let mut pairs = self.pairs.clone();
        match pairs.iter_mut().find(|(other, _)| other == name) {
            Some((_, old)) => value.clone_into(old),
            None => pairs.push((name.to_owned(), value.to_owned())),
        }
        Self { pairs }.again(&[], &[])
    }
}

fn wrong(name: &str, value: &str) -> Problem {
    let shown: String = value.chars().take(80).collect();
    Problem::query(format!("{name} cannot be {shown:?}"))
}

fn decode(raw: &str) -> Result<String, Problem> {
    let spaced = raw.replace('+', " ");
    let text = percent_decode_str(&spaced)
        .decode_utf8()
        .map_err(|_| Problem::query("the query is not UTF-8"))?;
    if text.chars().any(char::is_control) {
        return Err(Problem::query("the query has a control character"));
    }
    // As text is kept, so that a search finds it.
    Ok(text.nfc().collect())
}

/// A value as it stands in a query.
pub fn encode(value: &str) -> String {
    utf8_percent_encode(value, ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_repeated_or_undecodable_parameter_is_refused() {
        for raw in [
            "x=1",
            "page=1&page=2",
            "page=%ff",
            "page=%00",
            "%00=1",
            "page=%0d%0aX",
        ] {
            assert!(Query::parse(raw, &["page"]).is_err(), "{raw}");
        }
    }

    #[test]
    fn a_query_written_again_keeps_what_it_had() -> Result<(), Problem> {
        let query = Query::parse("q=a%26b+c&page=2&sort=-year", &["q", "page", "sort"])?;
        assert_eq!(
            query.again(&["page"], &[("page", "3")]),
            "q=a%26b%20c&sort=-year&page=3"
        );
        Ok(())
    }
}
