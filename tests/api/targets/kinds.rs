//! Which members each kind of target has: one test for each rule.

use serde_json::{Value, json};

use super::{faults, owned, path, put, target, town};

const NULL: &str = "inconsistent";

/// Fails unless each body has exactly these faults.
pub(super) async fn judged(cases: &[(Value, &[(&str, &str)])]) {
    let (app, key) = town().await;
    for (members, expected) in cases {
        let found = faults(&app, &key, &target(members.clone())).await;
        assert_eq!(found, owned(expected), "{members}");
    }
}

#[tokio::test]
async fn every_fault_of_a_target_is_told_at_once() {
    let (app, key) = town().await;
    let body = json!({
        "goalId": "x", "indicatorCode": "n1", "kind": "number", "gender": "k", "operator": "more", "value": "1",
        "upperValue": 1e15, "unit": "", "targetYear": 1899, "baselineYear": 2201, "baselineValue": 0.0000000000001,
        "statement": " ", "anchor": "a".repeat(1001), "outcome": {"fulfilled": null, "on": "2030", "extra": 1},
        "targetId": "x", "etag": "x", "progress": 1
    });
    let expected = [
        ("/anchor", "tooLong"),
        ("/baselineValue", "tooManyDecimals"),
        ("/baselineYear", "outOfRange"),
        ("/etag", "readOnly"),
        ("/gender", "notAllowed"),
        ("/goalId", "invalidFormat"),
        ("/indicatorCode", "invalidFormat"),
        ("/kind", "notAllowed"),
        ("/operator", "notAllowed"),
        ("/outcome/extra", "unknownMember"),
        ("/outcome/fulfilled", "required"),
        ("/outcome/on", "invalidFormat"),
        ("/progress", "unknownMember"),
        ("/statement", "empty"),
        ("/targetId", "readOnly"),
        ("/targetYear", "outOfRange"),
        ("/unit", "empty"),
        ("/upperValue", "outOfRange"),
        ("/value", "wrongType"),
    ];
    assert_eq!(faults(&app, &key, &body).await, owned(&expected));
    let expected = [
        ("/goalId", "required"),
        ("/kind", "required"),
        ("/statement", "required"),
    ];
    assert_eq!(faults(&app, &key, &json!({})).await, owned(&expected));
}

#[tokio::test]
async fn a_value_needs_an_operator_that_compares() {
    for kind in ["numeric", "share"] {
        let with = |operator: Value| json!({"kind": kind, "value": 7, "operator": operator});
        judged(&[
            (with(json!("atLeast")), &[]),
            (with(json!("atMost")), &[]),
            (with(json!("equals")), &[]),
            (with(json!(null)), &[("/operator", "required")]),
            (with(json!("increase")), &[("/operator", "inconsistent")]),
            (with(json!("decrease")), &[("/operator", "inconsistent")]),
        ])
        .await;
    }
}

#[tokio::test]
async fn an_upper_value_goes_with_between_and_is_not_below_the_value() {
    for kind in ["numeric", "share"] {
        let with = |operator: Value, upper: Value| json!({"kind": kind, "value": 7, "operator": operator, "upperValue": upper});
        judged(&[
            (with(json!("between"), json!(7)), &[]),
            (with(json!("between"), json!(7.5)), &[]),
            (
                with(json!("between"), json!(6.9)),
                &[("/upperValue", "inconsistent")],
            ),
            (
                with(json!("between"), json!(null)),
                &[("/upperValue", "required")],
            ),
            (
                with(json!("atLeast"), json!(8)),
                &[("/upperValue", "inconsistent")],
            ),
            (
                with(json!(null), json!(8)),
                &[("/operator", "required"), ("/upperValue", "inconsistent")],
            ),
            (
                with(json!("most"), json!(8)),
                &[("/operator", "notAllowed")],
            ),
        ])
        .await;
    }
}

#[tokio::test]
async fn without_a_value_there_is_a_baseline_and_nothing_else_to_reach() {
    for kind in ["numeric", "share"] {
        judged(&[
            (json!({"kind": kind, "baselineYear": 2019, "baselineValue": 25}), &[]),
            (json!({"kind": kind}), &[("/value", "required")]),
            (
                json!({"kind": kind, "operator": "atLeast", "upperValue": 8, "targetYear": 2030}),
                &[
                    ("/operator", NULL),
                    ("/targetYear", NULL),
                    ("/upperValue", NULL),
                    ("/value", "required"),
                ],
            ),
            (
                json!({"kind": kind, "operator": "increase", "targetYear": 2010, "baselineYear": 2019, "baselineValue": 25}),
                &[("/operator", NULL), ("/targetYear", NULL)],
            ),
        ])
        .await;
    }
    let (app, key) = town().await;
    let post = app.request("POST", "/targets").key(&key);
    let refused = post.json(&target(json!({"kind": "numeric"}))).send().await;
    let words = "value is required unless there is a baseline";
    assert_eq!(refused.json()["errors"][0]["detail"], words);
}

#[tokio::test]
async fn a_share_is_in_per_cent_and_a_number_is_not_bound() {
    let members = |kind: &str, value: Value, upper: Value, baseline: Value| {
        json!({
            "kind": kind, "operator": "between", "value": value, "upperValue": upper,
            "baselineYear": 2019, "baselineValue": baseline
        })
    };
    judged(&[
        (members("share", json!(0), json!(100), json!(0)), &[]),
        (members("share", json!(99.5), json!(1e2), json!(100)), &[]),
        (
            members("share", json!(-0.1), json!(100.1), json!(101)),
            &[
                ("/baselineValue", "inconsistent"),
                ("/upperValue", "inconsistent"),
                ("/value", "inconsistent"),
            ],
        ),
        (members("numeric", json!(-7), json!(101), json!(1e14)), &[]),
    ])
    .await;
}

#[tokio::test]
async fn a_faulty_value_hides_no_fault_of_what_goes_with_it() {
    let beside = |value: Value| json!({"kind": "share", "value": value, "operator": "between", "upperValue": 50});
    let alone = |value: Value| json!({"kind": "share", "value": value, "operator": "atLeast", "upperValue": 50});
    let both = &[("/upperValue", NULL), ("/value", NULL)];
    judged(&[
        (beside(json!(101)), both),
        (beside(json!("7")), &[("/value", "wrongType")]),
        (alone(json!(101)), both),
        (
            alone(json!("7")),
            &[("/upperValue", NULL), ("/value", "wrongType")],
        ),
        (
            json!({"kind": "numeric", "value": "7", "operator": "increase"}),
            &[("/operator", NULL), ("/value", "wrongType")],
        ),
        (
            json!({"kind": "share", "value": 7, "operator": "atLeast", "upperValue": 101}),
            &[("/upperValue", NULL)],
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_is_fulfilled_or_not_has_no_figures() {
    judged(&[
        (json!({"kind": "boolean", "targetYear": 2030}), &[]),
        (
            json!({
                "kind": "boolean", "value": 1, "upperValue": 0, "operator": "equals", "unit": "st", "baselineYear": 2019
            }),
            &[
                ("/baselineYear", NULL),
                ("/operator", NULL),
                ("/unit", NULL),
                ("/upperValue", NULL),
                ("/value", NULL),
            ],
        ),
        (
            json!({"kind": "boolean", "baselineValue": 1}),
            &[("/baselineValue", NULL)],
        ),
    ])
    .await;
}

#[tokio::test]
async fn only_what_is_fulfilled_or_not_has_an_outcome_and_its_day_comes_with_fulfilment() {
    let done = json!({"fulfilled": true, "on": "2030-06-01", "comment": "Klart.\nTill slut."});
    let with = |kind: &str, outcome: &Value| match kind {
        "rank" => json!({"kind": kind, "value": 1, "outcome": outcome}),
        "trend" => json!({"kind": kind, "operator": "increase", "outcome": outcome}),
        "boolean" => json!({"kind": kind, "outcome": outcome}),
        _ => json!({"kind": kind, "value": 1, "operator": "atLeast", "outcome": outcome}),
    };
    judged(&[
        (with("boolean", &done), &[]),
        (with("boolean", &json!({"fulfilled": false})), &[]),
        (
            with("boolean", &json!({"fulfilled": true, "on": null})),
            &[],
        ),
        (
            with("boolean", &json!({"fulfilled": false, "on": "2030-06-01"})),
            &[("/outcome/on", "inconsistent")],
        ),
        (
            with("boolean", &json!({"on": "2030-06-01"})),
            &[("/outcome/fulfilled", "required")],
        ),
        (with("boolean", &json!({"fulfilled": 1, "comment": ""})), {
            &[
                ("/outcome/comment", "empty"),
                ("/outcome/fulfilled", "wrongType"),
            ]
        }),
        (with("boolean", &json!(true)), &[("/outcome", "wrongType")]),
        (with("numeric", &done), &[("/outcome", "inconsistent")]),
        (with("share", &done), &[("/outcome", "inconsistent")]),
        (with("rank", &done), &[("/outcome", "inconsistent")]),
        (with("trend", &done), &[("/outcome", "inconsistent")]),
    ])
    .await;
    let (app, key) = town().await;
    let body = target(with("boolean", &done));
    let made = put(&app, &key, &path(1), &body).await.expect(201);
    assert_eq!(made.json()["outcome"], done);
    let patch = async |body: Value| {
        let patch = app.request("PATCH", &path(1)).key(&key).if_match("*");
        patch.json(&body).send().await
    };
    let inner = patch(json!({"outcome": {"comment": null}})).await;
    let left = json!({"fulfilled": true, "on": "2030-06-01", "comment": null});
    assert_eq!(inner.expect(200).json()["outcome"], left);
    let refused = patch(json!({"outcome": {"fulfilled": false}})).await;
    let refused = refused.problem(422, "invalidContent").faults();
    assert_eq!(refused, owned(&[("/outcome/on", "inconsistent")]));
    let gone = patch(json!({"outcome": null})).await.expect(200);
    assert_eq!(gone.json()["outcome"], Value::Null);
}

#[tokio::test]
async fn a_rank_is_a_whole_number_from_one() {
    let with = |value: Value| json!({"kind": "rank", "value": value});
    judged(&[
        (with(json!(1)), &[]),
        (with(json!(290.0)), &[]),
        (json!({"kind": "rank"}), &[("/value", "required")]),
        (with(json!(0)), &[("/value", "inconsistent")]),
        (with(json!(-1)), &[("/value", "inconsistent")]),
        (with(json!(1.5)), &[("/value", "inconsistent")]),
        (
            json!({"kind": "rank", "value": 1, "operator": "atMost", "targetYear": 2030}),
            &[],
        ),
        (
            json!({"kind": "rank", "value": 1, "operator": "between", "upperValue": 3}),
            &[("/operator", "inconsistent"), ("/upperValue", NULL)],
        ),
        (
            json!({"kind": "rank", "value": 1, "operator": "atLeast"}),
            &[("/operator", "inconsistent")],
        ),
        (
            json!({"kind": "rank", "value": 1, "baselineYear": 2019, "baselineValue": 40}),
            &[],
        ),
        (
            json!({"kind": "rank", "value": 1, "baselineYear": 2019, "baselineValue": 0.5}),
            &[("/baselineValue", "inconsistent")],
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_trend_is_a_direction_without_a_value() {
    judged(&[
        (json!({"kind": "trend", "operator": "increase"}), &[]),
        (
            json!({
                "kind": "trend", "operator": "decrease", "targetYear": 2030, "unit": "procent",
                "baselineYear": 2019, "baselineValue": 7.1
            }),
            &[],
        ),
        (json!({"kind": "trend"}), &[("/operator", "required")]),
        (
            json!({"kind": "trend", "operator": "atLeast", "value": 1, "upperValue": 2}),
            &[
                ("/operator", "inconsistent"),
                ("/upperValue", NULL),
                ("/value", NULL),
            ],
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_baseline_is_a_year_and_a_value_and_lies_before_the_target() {
    for start in [
        json!({"kind": "numeric", "value": 1, "operator": "atLeast"}),
        json!({"kind": "rank", "value": 1}),
        json!({"kind": "trend", "operator": "increase"}),
    ] {
        let with = |members: Value| {
            let mut body = start.clone();
            let into = body.as_object_mut().expect("an object");
            into.extend(members.as_object().expect("members").clone());
            body
        };
        judged(&[
            (
                with(json!({"baselineYear": 2019})),
                &[("/baselineValue", "required")],
            ),
            (
                with(json!({"baselineValue": 2})),
                &[("/baselineYear", "required")],
            ),
            (
                with(json!({"baselineYear": 2019, "baselineValue": 2, "targetYear": 2019})),
                &[],
            ),
            (
                with(json!({"baselineYear": 2019, "baselineValue": 2, "targetYear": 2018})),
                &[("/targetYear", "inconsistent")],
            ),
            (
                with(json!({"baselineYear": 2019, "targetYear": 2018})),
                &[
                    ("/baselineValue", "required"),
                    ("/targetYear", "inconsistent"),
                ],
            ),
        ])
        .await;
    }
}
