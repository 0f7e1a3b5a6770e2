-- Merges of enrollment that the county's journal has not followed yet, or ever. Why the last try failed is the following worker's to write.
CREATE TABLE merge_to_follow (
  merge_no     bigint      NOT NULL PRIMARY KEY,
  retired_no   text        NOT NULL,
  surviving_no text        NOT NULL,
  -- PersonMerged
  event        bytea       NOT NULL,
  received_at  timestamptz NOT NULL,
  last_failure text        NOT NULL DEFAULT ''
);
REVOKE DELETE, TRUNCATE ON merge_to_follow FROM ${runtime};

-- Numbers that became part of another one, from the journal: rows of settlements and of all else that is a person's stand under the surviving number from then on.
CREATE TABLE person_merge (
  retired_no   text        NOT NULL PRIMARY KEY,
  -- as it was then, and what that number means now
  into_no      text        NOT NULL,
  surviving_no text        NOT NULL,
  merge_no     bigint      NOT NULL,
  merged_at    timestamptz NOT NULL,
  seq          bigint      NOT NULL,
  idx          int         NOT NULL,
  CONSTRAINT a_merge_is_followed_once UNIQUE (merge_no),
  CONSTRAINT no_number_survives_itself CHECK (retired_no <> into_no AND retired_no <> surviving_no)
);
CREATE INDEX merge_by_survivor ON person_merge (surviving_no);
GRANT UPDATE (psn_no) ON person_benefit TO ${runtime};
