//! Members that are arrays.

use serde_json::Value;
use uuid::Uuid;

use super::Members;
use crate::database::text_enum::Choice;
use crate::http::text;

/// The most elements an array in a body may have.
pub const MAX_ELEMENTS: usize = 1000;

impl Members<'_> {
    /// UUIDs, none twice.
    pub fn uuids(&mut self, name: &str) -> Vec<Uuid> {
        self.elements(name, |members, place, value| {
            let found = value.as_str().and_then(text::uuid);
            if found.is_none() {
                members.fault_at(place, "invalidFormat", format!("{name} must hold UUIDs"));
            }
            found
        })
    }

    /// Boards' keys, none twice.
    pub fn slugs(&mut self, name: &str) -> Vec<String> {
        self.elements(name, |members, place, value| {
            let found = value
                .as_str()
                .filter(|slug| text::is_slug(slug))
                .map(str::to_owned);
            if found.is_none() {
                members.fault_at(
                    place,
                    "invalidFormat",
                    format!("{name} must hold keys that match [a-z0-9-]{{1,80}}"),
                );
            }
            found
        })
    }

    /// Codes, at least one and none twice, each as `read` reads it. `form` says,
    /// after "must hold", what they look like.
    pub fn required_codes(
        &mut self,
        name: &str,
        read: impl Fn(&str) -> Option<String>,
        form: &str,
    ) -> Vec<String> {
        let empty = self
            .object
            .get(name)
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty);
        let codes = self.elements(name, |members, place, value| {
            let found = value.as_str().and_then(&read);
            if found.is_none() {
                members.fault_at(place, "invalidFormat", format!("{name} must hold {form}"));
            }
            found
        });
        if empty {
            self.fault(name, "empty", format!("{name} must hold one at least"));
        } else {
            let there = Some(()).filter(|()| !codes.is_empty());
            self.required(name, there);
        }
        codes
    }

    /// Words out of a fixed list, none twice: an array that must be there and may
    /// be empty. `stand_in` stands for a word at fault.
    pub fn required_choices<T: Choice + PartialEq>(&mut self, name: &str, stand_in: T) -> Vec<T> {
        let there = self
            .object
            .get(name)
            .filter(|value| !value.is_null())
            .map(drop);
        let words: Vec<Option<T>> = self.elements(name, |members, place, value| {
            let found = value.as_str().and_then(T::from_word);
            if found.is_none() {
                let words = T::WORDS.join(", ");
                let detail = format!("{name} must hold words out of {words}");
                members.fault_at(place, "notAllowed", detail);
            }
            found.map(Some)
        });
        self.required(name, there);
        let stand_in = |word: Option<T>| word.unwrap_or(stand_in);
        words.into_iter().map(stand_in).collect()
    }

    /// Whole numbers from `min` to `max`, none twice.
    pub fn integers(&mut self, name: &str, min: i32, max: i32) -> Vec<i32> {
        self.elements(name, |members, place, value| {
            members.integer_in(name, place, value, min, max)
        })
    }

    fn elements<T: Default + PartialEq>(
        &mut self,
        name: &str,
        mut read: impl FnMut(&mut Self, &str, &Value) -> Option<T>,
    ) -> Vec<T> {
        let values = match self.take(name) {
            None => return Vec::new(),
            Some(Value::Array(values)) => values,
            Some(other) => {
                let _: Option<()> = self.wrong_type(name, &other, "an array");
                return Vec::new();
            }
        };
        if values.len() > MAX_ELEMENTS {
            self.fault(
                name,
                "tooMany",
                format!("{name} may hold at most {MAX_ELEMENTS} elements"),
            );
            return Vec::new();
        }
        let mut found = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            let place = format!("{name}/{index}");
            // An element at fault leaves a stand-in, so that the others keep their places.
            let element = read(self, &place, value);
            if element
                .as_ref()
                .is_some_and(|element| found.contains(element))
            {
                self.fault_at(
                    &place,
                    "duplicate",
                    format!("{name} holds the same element twice"),
                );
            }
            found.push(element.unwrap_or_default());
        }
        found
    }
}
