-- In a city's database: the life of benefit policies. The text of a version, revision by revision, and what people did about it; what state it is in follows from the acts.
CREATE TABLE policy_draft (
  draft_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- the city's code, or that of one of its counties
  scope    text COLLATE "C" NOT NULL,
  pack     text COLLATE "C" NOT NULL,
  version  text COLLATE "C" NOT NULL,
  CONSTRAINT a_version_number_is_used_once UNIQUE (scope, pack, version)
);
CREATE TABLE policy_text (
  draft_no     bigint NOT NULL REFERENCES policy_draft,
  revision     int    NOT NULL,
  content      text   NOT NULL,
  sha256       bytea  NOT NULL,
  -- the first policy date that it would decide
  effective_on date   NOT NULL,
  -- the last one; null: no end
  in_force_to  date,
  note         text   NOT NULL,
  PRIMARY KEY (draft_no, revision),
  CONSTRAINT revisions_count_from_one CHECK (revision >= 1),
  CONSTRAINT hash_is_sha256 CHECK (octet_length(sha256) = 32),
  CONSTRAINT begins_before_it_ends CHECK (in_force_to >= effective_on)
);
-- The number of a publication says which of two published versions is the later one.
CREATE TABLE policy_act (
  act_no   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  draft_no bigint NOT NULL,
  revision int    NOT NULL,
  kind     text   NOT NULL,
  person   text   NOT NULL,
  reason   text   NOT NULL DEFAULT '',
  acted_at timestamptz NOT NULL,
  FOREIGN KEY (draft_no, revision) REFERENCES policy_text,
  CONSTRAINT kind_is_known CHECK (kind IN ('drafted', 'revised', 'reviewed', 'approved', 'consented', 'published', 'rejected', 'withdrawn')),
  CONSTRAINT somebody_acts CHECK (person <> ''),
  CONSTRAINT a_no_has_its_reason CHECK (kind NOT IN ('rejected', 'withdrawn') OR reason <> ''),
  CONSTRAINT nobody_acts_twice_in_one_way UNIQUE (draft_no, revision, kind, person)
);
CREATE UNIQUE INDEX a_version_is_published_once ON policy_act (draft_no) WHERE kind = 'published';
REVOKE UPDATE, DELETE, TRUNCATE ON policy_draft, policy_text, policy_act FROM ${runtime};

-- In a county's database: what the city published for it and its journal has not adopted yet, or ever. Why the last try failed is the adopting worker's to write.
CREATE TABLE policy_to_adopt (
  publication_no bigint NOT NULL PRIMARY KEY,
  -- PolicyPublished
  event          bytea  NOT NULL,
  received_at    timestamptz NOT NULL,
  last_failure   text   NOT NULL DEFAULT ''
);
REVOKE DELETE, TRUNCATE ON policy_to_adopt FROM ${runtime};

-- The published versions that the county's journal adopted; their text is in the journal, at seq and idx.
CREATE TABLE policy_version (
  publication_no bigint NOT NULL PRIMARY KEY,
  pack           text COLLATE "C" NOT NULL,
  version        text COLLATE "C" NOT NULL,
  sha256         bytea  NOT NULL,
  effective_on   date   NOT NULL,
  scope          text COLLATE "C" NOT NULL,
  seq            bigint NOT NULL,
  idx            int    NOT NULL,
  CONSTRAINT a_published_version_never_changes UNIQUE (pack, version)
);
REVOKE UPDATE, DELETE, TRUNCATE ON policy_version FROM ${runtime};
