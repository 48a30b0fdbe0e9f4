//! The tables as diesel sees them. A test compares this file with the
//! catalogue of a migrated database.
#![expect(
    missing_docs,
    reason = "the table! macro writes modules that cannot carry documentation"
)]

diesel::table! {
    api_keys (key_id) {
        key_id -> Uuid,
        name -> Text,
        role -> Text,
        board_id -> Nullable<Text>,
        key_hash -> Bytea,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        last_used_on -> Nullable<Date>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    budgets (budget_year) {
        budget_year -> Integer,
        title -> Text,
        description -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        decided_on -> Nullable<Date>,
        source -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    boards (board_id) {
        board_id -> Text,
        name -> Text,
        kind -> Text,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
        successor_board_id -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    goals (goal_id) {
        goal_id -> Uuid,
        budget_year -> Integer,
        number -> Nullable<Text>,
        name -> Nullable<Text>,
        statement -> Text,
        political_text -> Nullable<Text>,
        position -> Integer,
        predecessor_ids -> Array<Uuid>,
        sdgs -> Array<Integer>,
        source -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    assignments (assignment_id) {
        assignment_id -> Uuid,
        goal_id -> Uuid,
        title -> Text,
        description -> Nullable<Text>,
        origin -> Text,
        origin_board_id -> Nullable<Text>,
        all_boards -> Bool,
        board_ids -> Array<Text>,
        status -> Text,
        starts_on -> Nullable<Date>,
        due_on -> Nullable<Date>,
        anchor -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::joinable!(assignments -> goals (goal_id));
diesel::joinable!(goals -> budgets (budget_year));
diesel::allow_tables_to_appear_in_same_query!(assignments, boards, budgets, goals);
