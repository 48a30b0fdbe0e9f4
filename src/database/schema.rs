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

diesel::table! {
    municipalities (municipality_code) {
        municipality_code -> Text,
        name -> Text,
        county_code -> Nullable<Text>,
        kind -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    indicators (indicator_code) {
        indicator_code -> Text,
        title -> Text,
        definition -> Nullable<Text>,
        unit -> Text,
        decimals -> Integer,
        direction -> Text,
        divided_by_gender -> Bool,
        sdgs -> Array<Integer>,
        responsible_board_id -> Nullable<Text>,
        publisher -> Nullable<Text>,
        publisher_id -> Nullable<Text>,
        operating_area -> Nullable<Text>,
        perspective -> Nullable<Text>,
        publication_period -> Nullable<Text>,
        next_publication -> Nullable<Date>,
        values_due -> Nullable<Text>,
        discontinued_on -> Nullable<Date>,
        replaced_by_code -> Nullable<Text>,
        source_url -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    goal_indicators (goal_id, indicator_code) {
        goal_id -> Uuid,
        indicator_code -> Text,
        position -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    indicator_values (indicator_code, municipality_code, year, gender) {
        indicator_code -> Text,
        municipality_code -> Text,
        year -> Integer,
        gender -> Text,
        value -> Nullable<Numeric>,
        status -> Text,
        provenance -> Text,
        note -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    targets (target_id) {
        target_id -> Uuid,
        goal_id -> Uuid,
        indicator_code -> Nullable<Text>,
        kind -> Text,
        gender -> Text,
        operator -> Nullable<Text>,
        value -> Nullable<Numeric>,
        upper_value -> Nullable<Numeric>,
        unit -> Nullable<Text>,
        target_year -> Nullable<Integer>,
        baseline_year -> Nullable<Integer>,
        baseline_value -> Nullable<Numeric>,
        statement -> Text,
        anchor -> Nullable<Text>,
        outcome -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    reports (assignment_id, board_id, year, period) {
        assignment_id -> Uuid,
        board_id -> Text,
        year -> Integer,
        period -> Text,
        status -> Text,
        comment -> Nullable<Text>,
        reported_on -> Date,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    assessments (goal_id, year, period) {
        goal_id -> Uuid,
        year -> Integer,
        period -> Text,
        status -> Text,
        comment -> Nullable<Text>,
        assessed_on -> Date,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    investments (investment_id) {
        investment_id -> Uuid,
        goal_id -> Uuid,
        year -> Integer,
        title -> Text,
        amount -> Numeric,
        board_id -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    achievements (achievement_id) {
        achievement_id -> Uuid,
        goal_id -> Uuid,
        year -> Integer,
        text -> Text,
        assignment_id -> Nullable<Uuid>,
        achieved_on -> Nullable<Date>,
        position -> Nullable<Integer>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    municipality_groups (group_id) {
        group_id -> Text,
        title -> Text,
        municipality_codes -> Array<Text>,
        source -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    webhooks (webhook_id) {
        webhook_id -> Uuid,
        url -> Text,
        resources -> Array<Text>,
        description -> Nullable<Text>,
        active -> Bool,
        paused_at -> Nullable<Timestamptz>,
        paused_reason -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    webhook_secrets (secret_id) {
        secret_id -> Uuid,
        webhook_id -> Uuid,
        sealed -> Bytea,
        valid_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    webhook_states (webhook_id) {
        webhook_id -> Uuid,
        commit_position -> BigInt,
        entry_id -> BigInt,
        failures -> Integer,
        failing_since -> Nullable<Timestamptz>,
        next_attempt_at -> Nullable<Timestamptz>,
        lease -> Nullable<Uuid>,
        leased_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    webhook_deliveries (delivery_id) {
        delivery_id -> Uuid,
        webhook_id -> Uuid,
        event_id -> Text,
        event_type -> Text,
        outcome -> Text,
        attempted_at -> Timestamptz,
        status -> Nullable<Integer>,
        took_ms -> Integer,
        error -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    idempotent_answers (key_id, idempotency_key) {
        key_id -> Uuid,
        idempotency_key -> Text,
        fingerprint -> Bytea,
        status -> Integer,
        headers -> Jsonb,
        body -> Bytea,
        kept_at -> Timestamptz,
        sealed -> Bool,
    }
}

diesel::table! {
    kolada_imports (command) {
        command -> Bytea,
        import_id -> Uuid,
        begun_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    kolada_parts (indicator_code, source, part) {
        indicator_code -> Text,
        source -> Text,
        part -> Text,
        kolada_id -> Text,
        asked_on -> Date,
        overwriting -> Bool,
        import_id -> Uuid,
        decimals -> Nullable<Integer>,
    }
}

diesel::joinable!(assignments -> goals (goal_id));
diesel::joinable!(goals -> budgets (budget_year));
diesel::allow_tables_to_appear_in_same_query!(assignments, boards, budgets, goals);
