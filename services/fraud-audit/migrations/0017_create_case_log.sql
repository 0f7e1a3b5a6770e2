-- Which case was acted on, in the order of the commits: whoever writes a row holds the head until the act ends, so that a reader never sees a later number before an
-- earlier one. Who reads begins with a copy of all cases; nothing before that matters.
CREATE TABLE case_log (
    change_no bigint PRIMARY KEY,
    case_no bigint NOT NULL,
    changed_at timestamptz NOT NULL
);
REVOKE UPDATE, DELETE, TRUNCATE ON case_log FROM ${runtime};

CREATE TABLE case_log_head (
    one boolean PRIMARY KEY DEFAULT true,
    change_no bigint NOT NULL,
    CONSTRAINT there_is_one_head CHECK (one)
);
INSERT INTO case_log_head (change_no) VALUES (0);
REVOKE INSERT, DELETE, TRUNCATE ON case_log_head FROM ${runtime};
