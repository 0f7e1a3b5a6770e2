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
