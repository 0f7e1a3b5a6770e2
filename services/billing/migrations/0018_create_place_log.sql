-- Which households' places changed, in the order of the commits: whoever writes rows holds the head until the transaction ends, so that a reader never sees a later
-- number before an earlier one. Who reads begins with a copy of all places; nothing before that matters.
CREATE TABLE household_place_log (
  change_no    bigint PRIMARY KEY,
  household_no text COLLATE "C" NOT NULL,
  changed_at   timestamptz NOT NULL
);
REVOKE UPDATE, DELETE, TRUNCATE ON household_place_log FROM ${runtime};

CREATE TABLE household_place_log_head (
  one       boolean PRIMARY KEY DEFAULT true,
  change_no bigint NOT NULL,
  CONSTRAINT there_is_one_head CHECK (one)
);
INSERT INTO household_place_log_head (change_no) VALUES (0);
REVOKE INSERT, DELETE, TRUNCATE ON household_place_log_head FROM ${runtime};
