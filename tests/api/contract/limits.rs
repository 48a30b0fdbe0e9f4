//! The limits in the document are those enforced: bodies are derived from the
//! document's own schemas, and the service must judge each as the schema does.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Operation, document, operations, populate, resolved, validator, with};
use crate::support::{Answer, TestApp};

/// The codes of faults that no schema can know: they depend on other members
/// or on other rows.
const BEYOND_SCHEMAS: [&str; 5] = [
    "inconsistent",
    "unknownReference",
    "taken",
    "required",
    "forbiddenAddress",
];

/// A body of more bytes than this is long.
const LONG: usize = 5_000;

/// A body with one member changed.
struct Variant {
    pointer: String,
    body: Value,
}

#[tokio::test]
async fn a_body_is_judged_as_its_schema_in_the_document_says() {
    let (app, document) = (TestApp::start().await, document());
    let key = populate(&app, &document).await;
    let mut judged = Vec::new();
    for operation in operations(&document) {
        // POST and PUT of a resource have one schema.
        let Some((schema, example)) = operation
            .json_body()
            .filter(|(schema, _)| !judged.contains(schema))
        else {
            continue;
        };
        judged.push(schema.clone());
        let validator = validator(&document, &schema);
        let patch = operation.method == "patch";
        let (mut allowed, mut refused) = (0, 0);
        for variant in variants(&document, &schema, &example) {
            // A patch is judged member by member: it holds the changed one alone.
            let body = if patch { alone(&variant) } else { variant.body };
            let answer = send(&app, &operation, &key, &body).await;
            let fits = validator.is_valid(&body);
            if fits && body.to_string().len() > LONG {
                restore(&app, &document, &operation, &key).await;
            }
            judge(&operation, &variant.pointer, &body, fits, &answer);
            *(if fits { &mut allowed } else { &mut refused }) += 1;
        }
        let members = resolved(&document, &schema)["properties"].as_object();
        let members = members.expect("members").len();
        assert!(
            allowed > members && refused > 10 * members,
            "{}: {allowed} and {refused}",
            operation.name()
        );
    }
    assert!(judged.len() >= 14, "only {} schemas", judged.len());
}

async fn send(app: &TestApp, operation: &Operation, key: &str, body: &Value) -> Answer {
    let method = operation.method.to_uppercase();
    let rows = operation.takes_rows().then(|| json!([body]));
    let request = app
        .request(&method, &operation.address())
        .key(key)
        .json(rows.as_ref().unwrap_or(body));
    let request = if operation.method == "post" {
        request
    } else {
        request.if_match("*")
    };
    request.send().await
}

/// Puts the example back, so that what follows need not carry a long text along.
async fn restore(app: &TestApp, document: &Value, operation: &Operation, key: &str) {
    let all = operations(document);
    let put = all
        .iter()
        .find(|other| other.method == "put" && other.path == operation.path);
    if let Some(put) = put {
        let request = put.request(app).key(key).if_match("*");
        request.send().await.expect(200);
    }
}

/// Fails unless the service judged the member at `pointer` as the schema does.
#[track_caller]
fn judge(operation: &Operation, pointer: &str, body: &Value, fits: bool, answer: &Answer) {
    let name = operation.name();
    let shown: String = body
        .pointer(pointer)
        .map(Value::to_string)
        .unwrap_or_default();
    let shown: String = shown.chars().take(60).collect();
    let about = format!("{name} with {pointer} = {shown}: {}", answer.text());
    if fits {
        let plausible = match answer.status {
            200 | 201 | 409 => true,
            422 => answer
                .faults()
                .iter()
                .all(|(_, code)| BEYOND_SCHEMAS.contains(&code.as_str())),
            _ => false,
        };
        assert!(plausible, "allowed by the document, refused: {about}");
    } else {
        assert_eq!(
            answer.status, 422,
            "refused by the document, taken: {about}"
        );
        let named = answer
            .faults()
            .iter()
            .map(|(place, _)| match operation.takes_rows() {
                true => place.strip_prefix("/0").expect("the first row"),
                false => place,
            })
            .any(|place| *place == *pointer || place.starts_with(&format!("{pointer}/")));
        assert!(named, "the fault is told of another member: {about}");
    }
}

fn alone(variant: &Variant) -> Value {
    let top = variant.pointer.split('/').nth(1).expect("a member");
    match variant.body.get(top) {
        Some(value) => json!({ top: value }),
        None => json!({}),
    }
}

/// Every member with every value that may be beyond a limit, and at it.
fn variants(document: &Value, schema: &Value, example: &Value) -> Vec<Variant> {
    let mut variants = Vec::new();
    of_object(document, schema, "", example, &mut variants);
    variants
}

fn of_object(document: &Value, schema: &Value, at: &str, whole: &Value, all: &mut Vec<Variant>) {
    let schema = resolved(document, schema);
    let properties = schema["properties"].as_object().expect("members");
    let mut add = |name: &str, value: Option<Value>| {
        let pointer = format!("{at}/{name}");
        let body = with(whole, &pointer, value);
        all.push(Variant { pointer, body });
    };
    for unknown in ["extra", "createdAt", "_links", "etag"] {
        add(unknown, Some(json!("x")));
    }
    for (name, member) in properties {
        add(name, None);
        for value in values(document, member) {
            add(name, Some(value));
        }
    }
    for (name, member) in properties {
        for inner in choices(document, member) {
            if inner["properties"].is_object() {
                let at = format!("{at}/{name}");
                of_object(document, inner, &at, &holding(whole, &at, inner), all);
            }
        }
    }
}

/// The body `whole` with an object at `pointer`: the example of what may stand
/// there, where nothing does.
fn holding(whole: &Value, pointer: &str, inner: &Value) -> Value {
    let empty = whole.pointer(pointer).is_none_or(Value::is_null);
    match inner.get("example").filter(|_| empty) {
        Some(example) => with(whole, pointer, Some(example.clone())),
        None => whole.clone(),
    }
}

/// The schema of a member, or those that it chooses from.
fn choices<'a>(document: &'a Value, member: &'a Value) -> Vec<&'a Value> {
    match member["oneOf"].as_array() {
        Some(choices) => choices
            .iter()
            .map(|choice| resolved(document, choice))
            .collect(),
        None => vec![resolved(document, member)],
    }
}

/// Values to try in a member.
fn values(document: &Value, member: &Value) -> Vec<Value> {
    let mut values = vec![
        json!(null),
        json!(true),
        json!(7),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(""),
        json!("   "),
        json!("x"),
        json!("x y"),
        json!("Åäö"),
        json!("a\u{0}b"),
        json!("a\nb"),
        json!("a\tb"),
        json!("a\u{7f}b"),
        json!("a\u{85}b"),
        json!([]),
        json!([null]),
        json!([true]),
        json!([[]]),
        json!({}),
        json!({"x": 1}),
    ];
    for schema in choices(document, member) {
        values.extend(at_the_limits(schema));
    }
    values
}

fn at_the_limits(schema: &Value) -> Vec<Value> {
    let mut values = Vec::new();
    let limit = |name: &str| schema[name].as_i64();
    for (name, beyond) in [("minimum", -1), ("maximum", 1)] {
        if let Some(limit) = limit(name) {
            values.extend([json!(limit), json!(limit + beyond)]);
        }
    }
    if let Some(longest) = limit("maxLength") {
        let start = if schema["format"] == "uri" {
            "https://e.se/"
        } else {
            ""
        };
        for length in [longest, longest + 1] {
            let rest = length as usize - start.len();
            values.push(json!(format!("{start}{}", "a".repeat(rest))));
        }
    }
    values.extend(schema["enum"].as_array().cloned().unwrap_or_default());
    values.extend(of_format(schema["format"].as_str().unwrap_or_default()));
    values.extend(of_pattern(schema));
    if schema["items"].is_object() {
        values.extend(arrays(schema));
    }
    values
}

/// Texts beside what a pattern allows. The patterns of free text are tried by
/// their length; any other must be known here.
fn of_pattern(schema: &Value) -> Vec<Value> {
    let Some(pattern) = schema["pattern"].as_str() else {
        return Vec::new();
    };
    let long = |letter: &str, longest| [letter.repeat(longest), letter.repeat(longest + 1)];
    let (longest, others): ([String; 2], &[&str]) = match pattern {
        "^[a-z0-9-]{1,80}$" => (long("a", 80), &["A", "a_b", "å"]),
        "^[A-Z0-9-]{1,40}$" => (long("A", 40), &["a", "A_B", "Å", "A B"]),
        "^[0-9]{4}$" => (
            long("2", 4),
            &["238", "238a", "\u{662}380", "-238", " 2380"],
        ),
        "^[0-9]{2}$" => (long("2", 2), &["2", "2a", "\u{662}3", "-2", " 23"]),
        days if days.starts_with("^--") => return every_day(),
        _ if schema["maxLength"].is_u64() => return Vec::new(),
        unknown => panic!("no text is known to try {unknown} with"),
    };
    let others = others.iter().map(|text| json!(text));
    longest
        .iter()
        .map(|text| json!(text))
        .chain(others)
        .collect()
}

/// Every day that a year could have, and more; and other forms.
fn every_day() -> Vec<Value> {
    let days = (0..=13).flat_map(|month| {
        let of_month = [0, 1, 9, 10, 19, 28, 29, 30, 31, 32];
        of_month.map(|day| format!("--{month:02}-{day:02}"))
    });
    let others = [
        "03-31",
        "-03-31",
        "--3-31",
        "--0331",
        "2024-03-31",
        "--03-31Z",
    ];
    days.chain(others.map(str::to_owned))
        .map(Value::from)
        .collect()
}

fn of_format(format: &str) -> Vec<Value> {
    let values: &[&str] = match format {
        "date" => &[
            "2024-02-29",
            "2023-02-29",
            "2024-2-9",
            "24-01-01",
            "2024-13-01",
            "20240101",
            "2024-01-01T00:00:00Z",
        ],
        "uuid" => &[
            "01941F29-7C00-7A3E-B2F4-6D2A4C1E9B99",
            "01941f297c007a3eb2f46d2a4c1e9b11",
            "{01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11}",
            "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b1",
        ],
        "uri" => &[
            "https://e.se/x?y=1",
            "http://e.se",
            "ftp://e.se/",
            "e.se",
            "https://",
            "https:///x",
            "javascript:alert(1)",
            "https://e.se/a b",
        ],
        _ => &[],
    };
    values.iter().map(|value| json!(value)).collect()
}

/// Arrays of as many elements as may be, one more, and with one twice.
fn arrays(schema: &Value) -> Vec<Value> {
    let item = &schema["items"];
    let element = |index: usize| match (item["type"].as_str(), item["format"].as_str()) {
        (Some("integer"), _) => json!(item["minimum"].as_i64().unwrap_or(0) + index as i64),
        (_, Some("uuid")) => json!(Uuid::from_u128(index as u128 + 1)),
        _ if item["enum"].is_array() => {
            let words = item["enum"].as_array().expect("words");
            words[index % words.len()].clone()
        }
        _ if item["pattern"] == "^[0-9]{4}$" => json!(format!("{index:04}")),
        _ => json!(format!("b-{index}")),
    };
    let of = |count: usize| Value::Array((0..count).map(element).collect());
    let most = schema["maxItems"].as_u64().expect("maxItems") as usize;
    let mut arrays = vec![of(1), of(2), json!([element(0), element(0)]), of(most + 1)];
    for value in at_the_limits(item)
        .into_iter()
        .chain([json!("å"), json!(0), json!(null)])
    {
        arrays.push(json!([value]));
    }
    if item["maximum"].is_null() {
        arrays.push(of(most));
    }
    arrays
}

#[test]
fn the_schemas_have_the_limits_that_the_test_above_relies_on() {
    let document = document();
    let (mut lengths, mut ranges, mut patterns, mut arrays, mut words) = (0, 0, 0, 0, 0);
    for operation in operations(&document) {
        let Some((schema, _)) = operation.json_body() else {
            continue;
        };
        let schema = resolved(&document, &schema);
        assert_eq!(
            schema["additionalProperties"],
            false,
            "{}",
            operation.name()
        );
        for member in schema["properties"].as_object().expect("members").values() {
            for schema in choices(&document, member) {
                lengths += usize::from(!schema["maxLength"].is_null());
                ranges += usize::from(!schema["maximum"].is_null());
                patterns += usize::from(!schema["pattern"].is_null());
                arrays += usize::from(!schema["maxItems"].is_null());
                words += usize::from(!schema["enum"].is_null());
            }
        }
    }
    assert!(lengths > 10 && ranges > 3 && patterns > 10 && arrays > 3 && words > 3);
}
