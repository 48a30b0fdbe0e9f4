//! Reading an answer of Kolada's row by row: `{"values": [...], "next_url": …}`.

use std::cell::RefCell;
use std::fmt;
use std::io::Read;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::model::Row;
use super::recognise::{AnyRow, recognise};

/// What stands around the rows of an answer (svarets kuvert).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Envelope {
    /// How many rows there are.
    pub rows: u64,
    /// How many there are as the answer says.
    pub count: Option<u64>,
    /// Where the answer goes on, if it does.
    pub next_url: Option<String>,
    /// Whether there is a page before.
    pub goes_before: bool,
}

/// Who takes the rows one by one; a reason given back ends the reading.
pub(super) type Each<'a> = &'a mut dyn FnMut(Row) -> Result<(), String>;

/// Reads an answer that is in memory. The error is why it is none of Kolada's, with
/// line and column or the number of the row; rows before it have been handed out.
pub(super) fn read_slice(bytes: &[u8], each: Each<'_>) -> Result<Envelope, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let read = Answer(RefCell::new(each))
        .deserialize(&mut deserializer)
        .and_then(|envelope| deserializer.end().map(|()| envelope));
    read.map_err(|error| error.to_string())
}

/// The same out of a file, of which no more than a row is in memory at a time.
pub(super) fn read_file(file: impl Read, each: Each<'_>) -> Result<Envelope, String> {
    let mut deserializer = serde_json::Deserializer::from_reader(file);
    let read = Answer(RefCell::new(each))
        .deserialize(&mut deserializer)
        .and_then(|envelope| deserializer.end().map(|()| envelope));
    read.map_err(|error| error.to_string())
}

/// A thing that must be written as a JSON object: serde takes an array for one, too.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Of<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Of<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(Of(PhantomData))
    }
}

struct Answer<'a>(RefCell<Each<'a>>);

impl<'de> DeserializeSeed<'de> for Answer<'_> {
    type Value = Envelope;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Envelope, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Answer<'_> {
    type Value = Envelope;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer of Kolada's: an object with values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope, A::Error> {
        let mut envelope = Envelope::default();
        let (mut rows, mut ends) = (None, false);
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "values" if rows.is_some() => return Err(Error::duplicate_field("values")),
                "values" => rows = Some(map.next_value_seed(Rows(&self.0))?),
                "count" => envelope.count = map.next_value()?,
                "next_url" => {
                    envelope.next_url = map.next_value()?;
                    ends = true;
                }
                "previous_url" => {
                    envelope.goes_before = map.next_value::<Option<IgnoredAny>>()?.is_some();
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        envelope.rows = rows.ok_or_else(|| Error::missing_field("values"))?;
        if !ends {
            // Without it nobody knows whether this is all of it.
            return Err(Error::missing_field("next_url"));
        }
        Ok(envelope)
    }
}

struct Rows<'s, 'a>(&'s RefCell<Each<'a>>);

impl<'de> DeserializeSeed<'de> for Rows<'_, '_> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_, '_> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<u64, A::Error> {
        let mut number = 0;
        while let Some(Object(row)) = rows.next_element::<Object<AnyRow>>()? {
            number += 1;
            let told = recognise(row).and_then(|row| (self.0.borrow_mut())(row));
            told.map_err(|why| Error::custom(format_args!("row {number}: {why}")))?;
        }
        Ok(number)
    }
}
