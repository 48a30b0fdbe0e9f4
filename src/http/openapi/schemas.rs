//! The schemas of the document: flat objects, closed where a client writes
//! them, each with a form for PATCH.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use utoipa::openapi::schema::{AdditionalProperties, AllOf, SchemaType};
use utoipa::openapi::{KnownFormat, Object, OneOfBuilder, RefOr, Schema, SchemaFormat, Type};

use crate::http::members::MAX_ELEMENTS;
use crate::http::text::TITLE;

/// Schemas by name.
pub(super) type Schemas = BTreeMap<String, RefOr<Schema>>;

/// A line of text: no control character, not only blanks.
const ONE_LINE: &str = "^[^\\u0000-\\u001F\\u007F-\\u009F]*[^\\s\\u0000-\\u001F\\u007F-\\u009F][^\\u0000-\\u001F\\u007F-\\u009F]*$";
/// Lines of text: the same with line feeds.
const LINES: &str = "^[^\\u0000-\\u0009\\u000B-\\u001F\\u007F-\\u009F]*[^\\s\\u0000-\\u001F\\u007F-\\u009F][^\\u0000-\\u0009\\u000B-\\u001F\\u007F-\\u009F]*$";
/// An absolute http or https address.
const ADDRESS: &str =
    "^https?://[^\\s/\\u0000-\\u001F\\u007F-\\u009F][^\\s\\u0000-\\u001F\\u007F-\\u009F]*$";

/// The name of the schema that a reference refers to.
pub(super) fn name_of(schema: &RefOr<Schema>) -> Option<&str> {
    match schema {
        RefOr::Ref(reference) => reference.ref_location.strip_prefix("#/components/schemas/"),
        RefOr::T(_) => None,
    }
}

/// Finishes the collected schemas. `written` are the names of those that
/// clients send; their PATCH forms come out under [`patch_name`].
pub(super) fn finish(
    mut schemas: Schemas,
    written: &BTreeSet<String>,
    patched: &BTreeSet<String>,
) -> Schemas {
    let collected = schemas.clone();
    for schema in schemas.values_mut() {
        if let RefOr::T(Schema::AllOf(parts)) = schema {
            *schema = RefOr::T(Schema::Object(flat(parts, &collected)));
        }
        if let RefOr::T(Schema::Object(object)) = schema {
            for member in object.properties.values_mut() {
                refine(member);
            }
        }
    }
    for name in within(written, &schemas) {
        if let Some(RefOr::T(Schema::Object(object))) = schemas.get_mut(&name) {
            close(object);
        }
    }
    for name in patched {
        if let Some(RefOr::T(Schema::Object(object))) = schemas.get(name) {
            let patch = patch_of(object);
            schemas.insert(patch_name(name), RefOr::T(Schema::Object(patch)));
        }
    }
    schemas
}

/// The name of the PATCH form of what a client writes: `GoalPatch` of `GoalContent`.
pub(super) fn patch_name(content: &str) -> String {
    let stem = content.strip_suffix("Content").unwrap_or(content);
    format!("{stem}Patch")
}

/// The schemas with these names and all that are inside them.
pub(super) fn within(names: &BTreeSet<String>, schemas: &Schemas) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<String> = names.iter().cloned().collect();
    while let Some(name) = open.pop() {
        if let Some(schema) = schemas.get(&name).filter(|_| !found.contains(&name)) {
            let value = serde_json::to_value(schema).unwrap_or_default();
            references(&value, &mut open);
            found.insert(name);
        }
    }
    found
}

/// The names of all schemas that are referred to in `value`.
pub(super) fn references(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(target) if name == "$ref" => names.extend(
                        target
                            .strip_prefix("#/components/schemas/")
                            .map(str::to_owned),
                    ),
                    _ => references(member, names),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        _ => {}
    }
}

/// One object out of what serde flattens into one: the key first. No member of a
/// resource is required, because `fields` may leave any of them out; of a view
/// all are.
fn flat(parts: &AllOf, schemas: &Schemas) -> Object {
    let mut whole = Object::new();
    whole.description.clone_from(&parts.description);
    let mut example = serde_json::Map::new();
    // The members of its own come first, though utoipa puts them last.
    let (own, inner): (Vec<_>, Vec<_>) =
        parts.items.iter().partition(|part| name_of(part).is_none());
    for part in own.into_iter().chain(inner) {
        let own = name_of(part).is_none();
        let part = name_of(part)
            .and_then(|name| schemas.get(name))
            .unwrap_or(part);
        let RefOr::T(Schema::Object(part)) = part else {
            continue;
        };
        for (name, member) in &part.properties {
            let mut member = member.clone();
            if let (true, RefOr::T(Schema::Object(key))) = (own, &mut member) {
                key.read_only = Some(true);
                example.extend(key.example.clone().map(|value| (name.clone(), value)));
            }
            whole.properties.insert(name.clone(), member);
        }
        if let Some(Value::Object(members)) = &part.example {
            example.extend(members.clone());
        }
    }
    if let Some(Value::Object(members)) = &parts.example {
        example.extend(members.clone());
    }
    whole.example = Some(Value::Object(example));
    if whole.properties.contains_key("createdAt") {
        if let Some(description) = &mut whole.description {
            description.push_str(CHOSEN);
        }
    } else {
        whole.required = whole.properties.keys().cloned().collect();
    }
    whole
}

/// What is said of a resource's members.
const CHOSEN: &str = " Every member is there, unless the request chose some with `fields`.";

/// Says of a member what is true of every member of its kind.
fn refine(member: &mut RefOr<Schema>) {
    match member {
        RefOr::T(Schema::Object(object)) => refine_text(object),
        // What is said of a reference that may be null belongs to the whole.
        RefOr::T(Schema::OneOf(choice)) => {
            for item in &mut choice.items {
                if let RefOr::Ref(reference) = item {
                    let description = std::mem::take(&mut reference.description);
                    if choice.description.is_none() && !description.is_empty() {
                        choice.description = Some(description);
                    }
                }
            }
        }
        _ => {}
    }
}

fn refine_text(object: &mut Object) {
    let address = matches!(&object.format, Some(SchemaFormat::Custom(format)) if format == "uri");
    if object.pattern.is_none() {
        object.pattern = match object.max_length {
            Some(_) if address => Some(ADDRESS.to_owned()),
            Some(length) if length > TITLE => Some(LINES.to_owned()),
            Some(_) => Some(ONE_LINE.to_owned()),
            None => None,
        };
    }
    if object.example.is_none() {
        object.example = match &object.format {
            Some(SchemaFormat::KnownFormat(KnownFormat::Date)) => Some(json!("2024-05-23")),
            Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)) => {
                Some(json!("2024-05-23T08:30:00Z"))
            }
            _ => None,
        };
    }
}

/// What a client writes has no other members, null where it may be left out,
/// and its arrays have their limits.
fn close(object: &mut Object) {
    if object.properties.is_empty() {
        return;
    }
    object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    for (name, member) in &mut object.properties {
        if !object.required.contains(name) {
            nullable(member);
        }
        if let RefOr::T(Schema::Array(array)) = member {
            array.max_items = Some(MAX_ELEMENTS);
            array.unique_items = true;
        }
    }
}

/// What a JSON Merge Patch of this may hold: any of the members, each of them
/// perhaps null.
fn patch_of(content: &Object) -> Object {
    let mut patch = content.clone();
    let required = std::mem::take(&mut patch.required);
    patch.description = Some(
        "A JSON Merge Patch (RFC 7396): what is left out stays, null takes away, an array replaces the whole array. The result must be what a PUT may hold."
            .to_owned(),
    );
    for (name, member) in &mut patch.properties {
        // Taking away what is required is always wrong.
        if !required.contains(name) {
            nullable(member);
        }
        if let RefOr::T(Schema::Object(object)) = member {
            object.default = None;
        }
    }
    patch.example = content
        .example
        .as_ref()
        .and_then(Value::as_object)
        .map(|example| {
            let few = example.iter().filter(|(_, value)| !value.is_null()).take(2);
            Value::Object(
                few.map(|(name, value)| (name.clone(), value.clone()))
                    .collect(),
            )
        });
    patch
}

fn nullable(member: &mut RefOr<Schema>) {
    match member {
        RefOr::T(Schema::Object(object)) => or_null(&mut object.schema_type),
        RefOr::T(Schema::Array(array)) => or_null(&mut array.schema_type),
        RefOr::Ref(reference) => {
            let mut reference = reference.clone();
            let description = std::mem::take(&mut reference.description);
            let choice = OneOfBuilder::new()
                .item(reference)
                .item(Object::with_type(Type::Null))
                .description(Some(description))
                .build();
            *member = RefOr::T(Schema::OneOf(choice));
        }
        _ => {}
    }
}

fn or_null(schema_type: &mut SchemaType) {
    if let SchemaType::Type(one) = schema_type {
        *schema_type = SchemaType::Array(vec![one.clone(), Type::Null]);
    }
}
