-- Webhooks: who is told of changes, and how far each has been told.
CREATE TABLE webhooks (
    webhook_id uuid PRIMARY KEY,
    url text NOT NULL COLLATE "C",
    -- Names of resources in the API; none means all.
    resources text[] NOT NULL,
    description text COLLATE swedish,
    active boolean NOT NULL,
    -- When and why the service itself stopped delivering.
    paused_at timestamptz,
    paused_reason text COLLATE swedish,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT webhooks_paused CHECK ((paused_at IS NULL) = (paused_reason IS NULL) AND (paused_at IS NULL OR NOT active))
);
CALL keep_record('webhooks', 'webhooks', 'webhook_id');

-- What deliveries are signed with, sealed under a key that the database does
-- not have. The one without an end is the current one.
CREATE TABLE webhook_secrets (
    secret_id uuid PRIMARY KEY,
    webhook_id uuid NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    sealed bytea NOT NULL,
    valid_until timestamptz
);
CREATE UNIQUE INDEX webhook_secrets_current ON webhook_secrets (webhook_id) WHERE valid_until IS NULL;
CREATE INDEX webhook_secrets_webhook_id ON webhook_secrets (webhook_id);

-- Everything up to (commit_position, entry_id) has been delivered. A failing
-- delivery is tried again at next_attempt_at; whoever holds the lease is the only
-- one who delivers until leased_until.
CREATE TABLE webhook_states (
    webhook_id uuid PRIMARY KEY REFERENCES webhooks ON DELETE CASCADE,
    commit_position bigint NOT NULL,
    entry_id bigint NOT NULL,
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    next_attempt_at timestamptz,
    lease uuid,
    leased_until timestamptz
);

-- What was sent and what came of it, the last thousand of each webhook.
CREATE TABLE webhook_deliveries (
    delivery_id uuid PRIMARY KEY,
    webhook_id uuid NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    event_id text NOT NULL COLLATE "C",
    event_type text NOT NULL COLLATE "C",
    outcome text NOT NULL COLLATE "C" CONSTRAINT webhook_deliveries_outcome CHECK (outcome IN ('delivered', 'failed')),
    attempted_at timestamptz NOT NULL,
    status integer,
    took_ms integer NOT NULL,
    error text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL
);
CREATE INDEX webhook_deliveries_of_one ON webhook_deliveries (webhook_id, delivery_id);
CREATE TRIGGER stamp_row BEFORE INSERT OR UPDATE ON webhook_deliveries FOR EACH ROW EXECUTE FUNCTION stamp_row();
