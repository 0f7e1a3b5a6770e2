-- By event type, the number of the last message that left the outbox.
CREATE TABLE outbox_stream (
    type text PRIMARY KEY,
    number bigint NOT NULL
);
