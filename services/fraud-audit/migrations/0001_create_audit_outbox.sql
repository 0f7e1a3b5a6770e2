-- Events of committed transactions that have not left yet; the dispatcher deletes what was delivered.
CREATE TABLE outbox (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL,
    aggregate text NOT NULL,
    type text NOT NULL,
    payload bytea NOT NULL,
    occurred_at timestamptz NOT NULL
)
-- Every row is soon deleted: the default of a fifth of the table would leave the queue's head full of dead rows.
WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- By event type, the number of the last message that left the outbox.
CREATE TABLE outbox_stream (
    type text PRIMARY KEY,
    number bigint NOT NULL
);

-- Events that took effect here; a repeat of one of them is dropped.
CREATE TABLE inbox (
    event_id uuid PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_by_age ON inbox USING brin (received_at);

-- Of each publisher, the number of the last message that took effect here; its row's lock lets one message in at a time.
CREATE TABLE inbox_stream (
    source text NOT NULL,
    service text NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (source, service)
);
