//! Whole examples, put together from those of the schemas.

use serde_json::{Map, Value, json};
use utoipa::openapi::schema::{ArrayItems, SchemaType};
use utoipa::openapi::{Array, Object, RefOr, Schema, Type};

use super::EXAMPLE_ROOT;
use super::schemas::{Schemas, name_of};

/// An example of an answer of the operation at `path`.
pub(super) fn of_answer(schema: &RefOr<Schema>, schemas: &Schemas, path: &str) -> Value {
    let mut value = of(schema, schemas);
    let Some(members) = value.as_object_mut() else {
        return value;
    };
    if members.contains_key("_meta") {
        let list = format!("{EXAMPLE_ROOT}{}", filled(path, members));
        members.insert("_links".to_owned(), list_links(&list));
        let meta = members.get_mut("_meta").and_then(Value::as_object_mut);
        if let Some(meta) = meta {
            meta.extend([
                ("count".to_owned(), json!(1)),
                ("totalRecords".to_owned(), json!(1)),
            ]);
        }
        for item in members
            .get_mut("items")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            complete(item, path, true);
        }
    } else {
        complete(&mut value, path, false);
    }
    value
}

/// An example of what a schema describes.
pub(super) fn of(schema: &RefOr<Schema>, schemas: &Schemas) -> Value {
    if let Some(name) = name_of(schema) {
        return schemas
            .get(name)
            .map_or(Value::Null, |schema| of(schema, schemas));
    }
    match schema {
        RefOr::T(Schema::Object(object)) => of_object(object, schemas),
        RefOr::T(Schema::Array(array)) => match (example_of(array), &array.items) {
            (Some(example), _) => example.clone(),
            (None, ArrayItems::RefOrSchema(item)) => json!([of(item, schemas)]),
            (None, ArrayItems::False) => json!([]),
        },
        RefOr::T(Schema::OneOf(choice)) => {
            let first = choice.items.first().map(|item| of(item, schemas));
            choice.example.clone().or(first).unwrap_or_default()
        }
        _ => Value::Null,
    }
}

fn example_of(array: &Array) -> Option<&Value> {
    array.example.as_ref().or(array.examples.first())
}

fn of_object(object: &Object, schemas: &Schemas) -> Value {
    let mut members = Map::new();
    match &object.example {
        Some(Value::Object(example)) => members = example.clone(),
        Some(example) => return example.clone(),
        None => {}
    }
    if let Some(first) = object.enum_values.as_ref().and_then(|words| words.first()) {
        return first.clone();
    }
    match &object.schema_type {
        SchemaType::Array(types) if types.contains(&Type::Null) => return Value::Null,
        SchemaType::Type(Type::String) => return json!("text"),
        SchemaType::Type(Type::Integer | Type::Number) => return json!(1),
        SchemaType::Type(Type::Boolean) => return json!(true),
        _ => {}
    }
    for (name, member) in &object.properties {
        // What a client writes has its example whole; what the service sets is added.
        let wanted = object.example.is_none() || set_by_the_service(member);
        if wanted && !members.contains_key(name) {
            members.insert(name.clone(), of(member, schemas));
        }
    }
    // In the order in which a client meets them.
    let ordered = object
        .properties
        .keys()
        .filter_map(|name| members.get(name).map(|value| (name.clone(), value.clone())));
    Value::Object(ordered.collect())
}

fn set_by_the_service(member: &RefOr<Schema>) -> bool {
    let read_only = match member {
        RefOr::Ref(reference) => reference.read_only,
        RefOr::T(Schema::Object(object)) => object.read_only,
        RefOr::T(_) => None,
    };
    read_only == Some(true)
}

/// Gives a resource its links, and its ETag where it stands in a list.
fn complete(resource: &mut Value, path: &str, listed: bool) {
    let Some(members) = resource
        .as_object_mut()
        .filter(|members| members.contains_key("_links"))
    else {
        return;
    };
    if members["_links"].get("self").is_some() {
        // A key of several parts: its example says where it is.
        if !listed {
            members.remove("etag");
        }
        return;
    }
    let mut segments = path.split('/').rev();
    let name = segments.find(|segment| !segment.starts_with('{'));
    let collection = format!("/{}", name.unwrap_or_default());
    // The first member is the key.
    let key = members.values().next().map(plain).unwrap_or_default();
    let address = if members.contains_key("createdAt") {
        format!("{EXAMPLE_ROOT}{collection}/{key}")
    } else {
        format!("{EXAMPLE_ROOT}{path}")
    };
    let mut links = json!({"self": {"href": address, "rel": "self", "method": "GET"}});
    if members.contains_key("createdAt") {
        links["collection"] = json!({"href": format!("{EXAMPLE_ROOT}{collection}"), "rel": "collection", "method": "GET"});
        links["edit"] = json!({"href": address, "rel": "edit", "method": "PUT"});
    }
    members.insert("_links".to_owned(), links);
    if !listed {
        members.remove("etag");
    }
}

fn list_links(list: &str) -> Value {
    let link = |rel: &str, query: &str| json!({"href": format!("{list}{query}"), "rel": rel, "method": "GET"});
    json!({"first": link("first", "?page=1"), "last": link("last", "?page=1"), "self": link("self", "")})
}

/// A path with the examples of an item's members in the place of its parameters.
fn filled(path: &str, list: &Map<String, Value>) -> String {
    let item = list.get("items").and_then(|items| items.get(0));
    let segments = path.split('/').map(|segment| {
        let name = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match name {
            None => segment.to_owned(),
            Some("boardId") => "kommunstyrelsen".to_owned(),
            Some(name) => item
                .and_then(|item| item.get(name))
                .map(plain)
                .unwrap_or_default(),
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
