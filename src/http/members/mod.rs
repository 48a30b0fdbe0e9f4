//! Reading the members of a JSON object one by one, so that every fault is
//! found at once and each is told with its place.

mod arrays;
mod faults;

use chrono::NaiveDate;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::text::{self, Lines};
use crate::database::text_enum::Choice;
use crate::decimal::Decimal;

pub use arrays::MAX_ELEMENTS;
pub use faults::Faults;

/// Members that the service sets; a body that holds one is refused.
const READ_ONLY: [&str; 4] = ["createdAt", "updatedAt", "_links", "etag"];

/// The members of one object, taken out one by one.
///
/// Each method returns the member's value, or `None` (or a stand-in, for the
/// required ones) after noting what is wrong with it. `null` is as absent.
pub struct Members<'a> {
    object: Map<String, Value>,
    at: String,
    key: &'static [&'static str],
    faults: &'a mut Faults,
}

impl<'a> Members<'a> {
    /// Reads a whole body with `read`, then notes the members nobody asked for.
    /// `key` names the members that stand in the path.
    pub fn read<T>(
        body: Value,
        key: &'static [&'static str],
        faults: &'a mut Faults,
        read: impl FnOnce(&mut Members<'_>) -> T,
    ) -> T {
        Self::read_at(String::new(), body, key, faults, read)
    }

    fn read_at<T>(
        at: String,
        value: Value,
        key: &'static [&'static str],
        faults: &mut Faults,
        read: impl FnOnce(&mut Members<'_>) -> T,
    ) -> T {
        let object = match value {
            Value::Object(object) => object,
            other => {
                faults.add(
                    &at,
                    "wrongType",
                    format!("{} where an object belongs", kind(&other)),
                );
                // Nothing more is told of a body that is no object.
                return read(&mut Members {
                    object: Map::new(),
                    at,
                    key,
                    faults: &mut Faults::default(),
                });
            }
        };
        let mut members = Members {
            object,
            at,
            key,
            faults,
        };
        let content = read(&mut members);
        members.finish();
        content
    }

    /// Notes a fault of the member `name`.
    pub fn fault(&mut self, name: &str, code: &str, detail: impl Into<String>) {
        let pointer = format!("{}/{}", self.at, escape(name));
        self.faults.add(pointer, code, detail);
    }

    /// Whether the member `name` has a fault already.
    pub fn faulty(&self, name: &str) -> bool {
        self.faults.has(&format!("{}/{}", self.at, escape(name)))
    }

    /// Takes out the member `name`, which does not belong here; whether it was there
    /// and not null.
    pub fn leave_out(&mut self, name: &str) -> bool {
        self.take(name).is_some()
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.object.remove(name).filter(|value| !value.is_null())
    }

    fn wrong_type<T>(&mut self, name: &str, found: &Value, wanted: &str) -> Option<T> {
        let detail = format!("{name} is {} where {wanted} belongs", kind(found));
        self.fault(name, "wrongType", detail);
        None
    }

    /// Notes a fault of the member `name` when it is not there, and answers it.
    pub fn required<T>(&mut self, name: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.faulty(name) {
            self.fault(name, "required", format!("{name} is required"));
        }
        value
    }

    fn string(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text),
            other => self.wrong_type(name, &other, "a string"),
        }
    }

    fn checked_text(&mut self, name: &str, max: usize, lines: Lines) -> Option<String> {
        let raw = self.string(name)?;
        match text::normal(&raw, max, lines) {
            Ok(text) => Some(text),
            Err(wrong) => {
                self.fault(name, wrong.code(), wrong.detail(name, max));
                None
            }
        }
    }

    /// One line of text, at most `max` characters.
    pub fn text(&mut self, name: &str, max: usize) -> Option<String> {
        self.checked_text(name, max, Lines::One)
    }

    /// One line of text that must be there.
    pub fn required_text(&mut self, name: &str, max: usize) -> String {
        let text = self.text(name, max);
        self.required(name, text).unwrap_or_default()
    }

    /// Text of several lines, at most `max` characters.
    pub fn long_text(&mut self, name: &str, max: usize) -> Option<String> {
        self.checked_text(name, max, Lines::Many)
    }

    /// Text of several lines that must be there.
    pub fn required_long_text(&mut self, name: &str, max: usize) -> String {
        let text = self.long_text(name, max);
        self.required(name, text).unwrap_or_default()
    }

    /// A whole number from `min` to `max`.
    pub fn integer(&mut self, name: &str, min: i32, max: i32) -> Option<i32> {
        let value = self.take(name)?;
        self.integer_in(name, name, &value, min, max)
    }

    /// A whole number that must be there.
    pub fn required_integer(&mut self, name: &str, min: i32, max: i32) -> i32 {
        let number = self.integer(name, min, max);
        self.required(name, number).unwrap_or_default()
    }

    fn integer_in(
        &mut self,
        name: &str,
        place: &str,
        value: &Value,
        min: i32,
        max: i32,
    ) -> Option<i32> {
        let in_range = |number: &i64| (i64::from(min)..=i64::from(max)).contains(number);
        match value {
            Value::Number(number) if number.is_f64() => {
                self.fault_at(place, "wrongType", format!("{name} is not a whole number"));
                None
            }
            Value::Number(number) => {
                let found = number
                    .as_i64()
                    .filter(in_range)
                    .and_then(|n| i32::try_from(n).ok());
                if found.is_none() {
                    self.fault_at(
                        place,
                        "outOfRange",
                        format!("{name} must be from {min} to {max}"),
                    );
                }
                found
            }
            other => {
                let detail = format!("{name} holds {} where a whole number belongs", kind(other));
                self.fault_at(place, "wrongType", detail);
                None
            }
        }
    }

    /// An exact decimal: a JSON number with at most 15 digits before the point
    /// and 12 after it.
    pub fn decimal(&mut self, name: &str) -> Option<Decimal> {
        match self.take(name)? {
            Value::Number(number) => match Decimal::parse(number.as_str()) {
                Ok(decimal) => Some(decimal),
                Err(wrong) => {
                    self.fault(name, wrong.code(), wrong.detail(name));
                    None
                }
            },
            other => self.wrong_type(name, &other, "a number"),
        }
    }

    /// An exact decimal that must be there.
    pub fn required_decimal(&mut self, name: &str) -> Decimal {
        let decimal = self.decimal(name);
        self.required(name, decimal).unwrap_or_default()
    }

    /// True or false, which must be there.
    pub fn required_boolean(&mut self, name: &str) -> bool {
        let value = self.boolean(name);
        self.required(name, value).unwrap_or_default()
    }

    /// True or false.
    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        match self.take(name)? {
            Value::Bool(value) => Some(value),
            other => self.wrong_type(name, &other, "true or false"),
        }
    }

    /// One word out of a fixed list.
    pub fn choice<T: Choice>(&mut self, name: &str) -> Option<T> {
        let word = self.string(name)?;
        let found = T::from_word(&word);
        if found.is_none() {
            self.fault(
                name,
                "notAllowed",
                format!("{name} must be one of {}", T::WORDS.join(", ")),
            );
        }
        found
    }

    /// One word out of a fixed list, which must be there. `stand_in` is what
    /// comes back after a fault.
    pub fn required_choice<T: Choice>(&mut self, name: &str, stand_in: T) -> T {
        let word = self.choice(name);
        self.required(name, word).unwrap_or(stand_in)
    }

    /// A date, `2024-05-23` (RFC 3339 full-date).
    pub fn date(&mut self, name: &str) -> Option<NaiveDate> {
        let raw = self.string(name)?;
        let date = text::date(&raw);
        if date.is_none() {
            self.fault(
                name,
                "invalidFormat",
                format!("{name} must be a date such as 2024-05-23"),
            );
        }
        date
    }

    /// A date that must be there.
    pub fn required_date(&mut self, name: &str) -> NaiveDate {
        let date = self.date(name);
        self.required(name, date).unwrap_or_default()
    }

    /// An absolute http or https address, at most 2 000 characters.
    pub fn url(&mut self, name: &str) -> Option<String> {
        let url = self.text(name, text::URL)?;
        if text::is_url(&url) {
            return Some(url);
        }
        self.fault(
            name,
            "invalidFormat",
            format!("{name} must be an absolute http or https address"),
        );
        None
    }

    /// An absolute http or https address that must be there.
    pub fn required_url(&mut self, name: &str) -> String {
        let url = self.url(name);
        self.required(name, url).unwrap_or_default()
    }

    /// A UUID in its 36-character form.
    pub fn uuid(&mut self, name: &str) -> Option<Uuid> {
        let raw = self.string(name)?;
        let found = text::uuid(&raw);
        if found.is_none() {
            self.fault(name, "invalidFormat", format!("{name} must be a UUID"));
        }
        found
    }

    /// A UUID that must be there.
    pub fn required_uuid(&mut self, name: &str) -> Uuid {
        let found = self.uuid(name);
        self.required(name, found).unwrap_or_default()
    }

    /// A board's key.
    pub fn slug(&mut self, name: &str) -> Option<String> {
        self.formed(name, text::slug, "match [a-z0-9-]{1,80}")
    }

    /// Text in a form of its own, such as a code, as `read` reads it. `form`
    /// says, after "must", what it looks like.
    pub fn formed<T>(
        &mut self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
        form: &str,
    ) -> Option<T> {
        let raw = self.string(name)?;
        let found = read(&raw);
        if found.is_none() {
            self.fault(name, "invalidFormat", format!("{name} must {form}"));
        }
        found
    }

    fn fault_at(&mut self, place: &str, code: &str, detail: String) {
        self.faults
            .add(format!("{}/{place}", self.at), code, detail);
    }

    /// An object inside this one.
    pub fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Members<'_>) -> T) -> Option<T> {
        let value = self.take(name)?;
        let at = format!("{}/{}", self.at, escape(name));
        Some(Members::read_at(at, value, &[], self.faults, read))
    }

    /// Notes a member that the service sets and this kind of thing alone has.
    pub fn read_only(&mut self, name: &str) {
        if self.object.remove(name).is_some() {
            let detail = format!("{name} is set by the service; leave it out");
            self.fault(name, "readOnly", detail);
        }
    }

    fn finish(self) {
        for name in self.object.keys() {
            let pointer = format!("{}/{}", self.at, escape(name));
            let outermost = self.at.is_empty();
            if outermost && self.key.contains(&name.as_str()) {
                let detail = format!("{name} stands in the path, not in the body");
                self.faults.add(pointer, "readOnly", detail);
            } else if outermost && READ_ONLY.contains(&name.as_str()) {
                let detail = format!("{name} is set by the service; leave it out");
                self.faults.add(pointer, "readOnly", detail);
            } else {
                let detail = format!("there is no member {name:?} here");
                self.faults.add(pointer, "unknownMember", detail);
            }
        }
    }
}

/// What a value is, for people.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A member's name as it stands in a JSON Pointer (RFC 6901).
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
