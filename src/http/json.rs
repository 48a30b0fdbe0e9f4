//! The strict JSON body: one document, UTF-8, no duplicate key, not too deep.

use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use crate::problem::{Code, Fault, Problem};

/// Reads a body as JSON. 400 with line and column for anything that RFC 8259
/// leaves open or forbids: a duplicate key, a BOM, a lone surrogate, trailing
/// text, bytes that are not UTF-8, nesting past 128. Numbers keep all their digits,
/// however many: whether one fits its member is not a matter of syntax.
pub fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    check_strings(bytes).map_err(refused)?;
    match serde_json::from_slice::<Strict>(bytes) {
        Ok(Strict(value)) => Ok(value),
        Err(error) => Err(refused(error.to_string())),
    }
}

/// The same of one line, with what is wrong with it in words.
pub fn parse_line(bytes: &[u8]) -> Result<Value, String> {
    check_strings(bytes)?;
    match serde_json::from_slice::<Strict>(bytes) {
        Ok(Strict(value)) => Ok(value),
        Err(error) => Err(error
            .to_string()
            .replace(" at line 1 column ", " at column ")),
    }
}

/// The elements of a body that is an array, each handed out as it stands there for
/// [`parse_line`], so that no more than one of them is taken apart at a time. 422 for
/// any other JSON. What comes before a fault of the syntax has been handed out already.
pub fn each_element(
    bytes: &[u8],
    each: &mut dyn FnMut(&str) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let syntax = |error: serde_json::Error| refused(error.to_string());
    if bytes.trim_ascii_start().first() != Some(&b'[') {
        serde_json::from_slice::<&RawValue>(bytes).map_err(syntax)?;
        let fault = Fault::new("", "wrongType", "the body must be an array of rows");
        return Err(Problem::invalid(vec![fault]));
    }
    let mut ended = None;
    let elements = Elements {
        each,
        ended: &mut ended,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let read = elements
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    match ended {
        Some(problem) => Err(problem),
        None => read.map_err(syntax),
    }
}

/// 400 for a body that is not acceptable.
pub fn refused(reason: String) -> Problem {
    let detail = format!("the body is not acceptable JSON: {reason}");
    Problem::new(Code::InvalidJson, detail)
}

fn check_strings(bytes: &[u8]) -> Result<(), String> {
    if holds_number_token(bytes) {
        return Err(format!("the string {NUMBER_TOKEN:?}, which no JSON needs"));
    }
    Ok(())
}

/// The elements of an array, handed out one by one.
struct Elements<'a> {
    each: &'a mut dyn FnMut(&str) -> Result<(), Problem>,
    ended: &'a mut Option<Problem>,
}

impl<'de> DeserializeSeed<'de> for Elements<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<&RawValue>()? {
            if let Err(problem) = (self.each)(item.get()) {
                *self.ended = Some(problem);
                return Err(de::Error::custom("not wanted any more"));
            }
        }
        Ok(())
    }
}

/// What serde_json calls a number that keeps its digits: it reaches a visitor
/// as an object with this one key.
const NUMBER_TOKEN: &str = "$serde_json::private::Number";

/// Whether some string of the body is that key. An object with it would pass
/// for a number.
fn holds_number_token(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(start) = rest.iter().position(|byte| *byte == b'"') {
        rest = &rest[start..];
        let mut end = 1;
        while rest.get(end).is_some_and(|byte| *byte != b'"') {
            end += if rest[end] == b'\\' { 2 } else { 1 };
        }
        let literal = &rest[..rest.len().min(end + 1)];
        let plain = literal.get(1..literal.len() - 1) == Some(NUMBER_TOKEN.as_bytes());
        let escaped = || {
            literal.contains(&b'\\')
                && literal.len() <= NUMBER_TOKEN.len() * 6 + 2
                && serde_json::from_slice::<String>(literal).is_ok_and(|text| text == NUMBER_TOKEN)
        };
        if plain || escaped() {
            return true;
        }
        rest = &rest[literal.len()..];
    }
    false
}

/// A value in which no object has the same key twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Strict, E> {
        Ok(Strict(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Strict, E> {
        Ok(Strict(Value::from(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Strict, E> {
        Ok(Strict(Value::from(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Strict, E> {
        Ok(Strict(Value::String(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Strict, E> {
        Ok(Strict(Value::String(value)))
    }

    fn visit_unit<E>(self) -> Result<Strict, E> {
        Ok(Strict(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strict, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Strict(Value::Array(array)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Strict, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if name == NUMBER_TOKEN {
                let number = members.next_value::<String>()?.parse::<Number>();
                return number
                    .map(|number| Strict(Value::Number(number)))
                    .map_err(de::Error::custom);
            }
            if object.contains_key(&name) {
                return Err(de::Error::custom(format_args!("duplicate key {name:?}")));
            }
            let Strict(value) = members.next_value()?;
            object.insert(name, value);
        }
        Ok(Strict(Value::Object(object)))
    }
}

/// Applies a JSON Merge Patch (RFC 7396), but keeps `null` as a value: so a
/// member that does not exist is still found wrong when it is set to null.
pub fn merge(target: &mut Value, patch: Value) {
    match patch {
        Value::Object(changes) => {
            if !target.is_object() {
                *target = Value::Object(Map::new());
            }
            if let Value::Object(object) = target {
                for (name, change) in changes {
                    merge(object.entry(name).or_insert(Value::Null), change);
                }
            }
        }
        other => *target = other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(body: &[u8]) -> bool {
        parse(body).is_err_and(|problem| problem.code == Code::InvalidJson)
    }

    #[test]
    fn what_json_leaves_open_is_refused() {
        for body in [
            &b"{\"a\":1,\"a\":2}"[..],
            b"{\"a\":{\"b\":1,\"b\":1}}",
            b"\xef\xbb\xbf{}",
            b"{\"a\":\"\\ud800\"}",
            b"{\"a\":\"\xff\"}",
            b"{} x",
            b"{}{}",
            b"",
            b"{\"a\":NaN}",
            b"{'a':1}",
            b"{\"$serde_json::private::Number\":\"7\"}",
            b"{\"a\":{\"$serde_json::private::Number\":\"1e400\"}}",
            b"{\"a\":{\"\\u0024serde_json::private::Number\":\"7\"}}",
        ] {
            assert!(refused(body), "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn a_hundred_thousand_brackets_are_refused_and_do_no_harm() {
        assert!(refused("[".repeat(100_000).as_bytes()));
        assert!(refused(
            format!("{{\"a\":{}", "[".repeat(100_000)).as_bytes()
        ));
    }

    #[test]
    fn a_number_keeps_all_its_digits() {
        for text in [
            "12345678901234.56",
            "0.1",
            "123456789012345678901234567890",
            "1e+2",
            "1e+400",
            "-0",
        ] {
            let value = parse(text.as_bytes()).expect("JSON");
            assert_eq!(value.to_string(), text);
        }
        assert!(parse(br#"{"a":"say $serde_json::private::Number","b":"\\"}"#).is_ok());
    }

    #[test]
    fn a_merge_replaces_what_it_names_and_leaves_the_rest() {
        let mut target = json!({"title": "a", "source": {"title": "b", "url": "c"}, "sdgs": [1]});
        merge(
            &mut target,
            json!({"source": {"url": null}, "sdgs": [2], "new": null}),
        );
        assert_eq!(
            target,
            json!({"title": "a", "source": {"title": "b", "url": null}, "sdgs": [2], "new": null})
        );
    }
}
