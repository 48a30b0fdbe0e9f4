-- The answers to POSTs that came with an Idempotency-Key, for 24 hours. Not a
-- resource: nothing of it is recorded.
CREATE TABLE idempotent_answers (
    key_id uuid NOT NULL,
    idempotency_key text COLLATE "C" NOT NULL,
    fingerprint bytea NOT NULL,
    status integer NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Whether the body is sealed, since there is a secret in it.
    sealed boolean NOT NULL DEFAULT false,
    PRIMARY KEY (key_id, idempotency_key)
);
CREATE INDEX idempotent_answers_kept_at ON idempotent_answers (kept_at);
