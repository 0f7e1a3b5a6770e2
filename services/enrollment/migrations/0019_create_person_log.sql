-- Who changed, in the order of the commits: whoever writes a row holds the head until its transaction ends, so that a reader never sees a later number before an earlier
-- one. A row per statement: the numbers of the persons that it changed. Who reads begins with a copy of all persons; nothing before that matters.
CREATE TABLE person_log (
    change_no bigint PRIMARY KEY,
    psn_nos text[] NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT somebody_changed CHECK (cardinality(psn_nos) > 0)
);
REVOKE UPDATE, DELETE, TRUNCATE ON person_log FROM ${runtime};

CREATE TABLE person_log_head (
    one boolean PRIMARY KEY DEFAULT true,
    change_no bigint NOT NULL,
    CONSTRAINT there_is_one_head CHECK (one)
);
INSERT INTO person_log_head (change_no) VALUES (0);
REVOKE INSERT, DELETE, TRUNCATE ON person_log_head FROM ${runtime};
