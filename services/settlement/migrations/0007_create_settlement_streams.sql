-- By event type, the number of the last message that left the outbox.
CREATE TABLE outbox_stream (
    type text PRIMARY KEY,
    number bigint NOT NULL
);

-- Of each publisher, the number of the last message that took effect here; its row's lock lets one message in at a time.
CREATE TABLE inbox_stream (
    source text NOT NULL,
    service text NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (source, service)
);
