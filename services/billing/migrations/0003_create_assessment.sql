-- A scheme's year with the terms by which it is assessed (doc: medinsure.settlement.v1.ContributionTerms), so that a person's change is assessed by the same ones at once.
CREATE TABLE assessment_year (
  insutype    text COLLATE "C" NOT NULL,
  year        int NOT NULL,
  pack        text NOT NULL,
  version     text NOT NULL,
  policy_hash bytea NOT NULL,
  terms       bytea NOT NULL,
  PRIMARY KEY (insutype, year)
);

-- One pass over all persons: begun by somebody, done in parts; a part and how far it is are one transaction.
CREATE TABLE assessment_run (
  run_no       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_key  text COLLATE "C" NOT NULL,
  insutype     text COLLATE "C" NOT NULL,
  year         int NOT NULL,
  terms        bytea NOT NULL,
  started_by   text NOT NULL,
  reason       text NOT NULL,
  started_at   timestamptz NOT NULL,
  state        text NOT NULL DEFAULT 'running',
  after_psn_no text COLLATE "C" NOT NULL DEFAULT '',
  persons      bigint NOT NULL,
  seen         bigint NOT NULL DEFAULT 0,
  assessed     bigint NOT NULL DEFAULT 0,
  added        bigint NOT NULL DEFAULT 0,
  changed      bigint NOT NULL DEFAULT 0,
  withdrawn    bigint NOT NULL DEFAULT 0,
  unclassified bigint NOT NULL DEFAULT 0,
  ended_at     timestamptz,
  CONSTRAINT a_request_starts_one_run UNIQUE (request_key),
  CONSTRAINT state_is_known CHECK (state IN ('running', 'done')),
  CONSTRAINT an_ended_run_says_when CHECK ((state = 'done') = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX a_year_has_one_run_at_a_time ON assessment_run (insutype, year) WHERE state = 'running';
REVOKE DELETE, TRUNCATE ON assessment_run FROM ${runtime};

-- What a person owes for a year, who pays it instead, and what the governments owe for the person. A withdrawn one owes nothing.
CREATE TABLE assessment (
  psn_no        text COLLATE "C" NOT NULL,
  insutype      text COLLATE "C" NOT NULL,
  year          int NOT NULL,
  household_no  text COLLATE "C" NOT NULL,
  psn_type      text NOT NULL,
  person_class  text NOT NULL,
  categories    text[] NOT NULL,
  personal_fen  bigint NOT NULL,
  aid_id        text NOT NULL,
  aid_payer     text NOT NULL,
  aid_level     text NOT NULL,
  aid_fen       bigint NOT NULL,
  collective_fen bigint NOT NULL,
  due_fen       bigint NOT NULL GENERATED ALWAYS AS (personal_fen - aid_fen - collective_fen) STORED,
  central_fen   bigint NOT NULL,
  province_fen  bigint NOT NULL,
  city_fen      bigint NOT NULL,
  county_fen    bigint NOT NULL,
  paid_fen      bigint NOT NULL DEFAULT 0,
  withdrawn     boolean NOT NULL,
  version       int NOT NULL,
  run_no        bigint,
  cause         text NOT NULL,
  changed_at    timestamptz NOT NULL,
  PRIMARY KEY (psn_no, insutype, year),
  CONSTRAINT what_others_pay_is_a_part_of_the_personal_part CHECK (personal_fen >= 0 AND aid_fen >= 0 AND collective_fen >= 0 AND aid_fen + collective_fen <= personal_fen),
  CONSTRAINT an_aid_has_a_payer CHECK ((aid_fen = 0) = (aid_id = '') AND (aid_id = '') = (aid_payer = '')),
  CONSTRAINT subsidies_are_not_negative CHECK (central_fen >= 0 AND province_fen >= 0 AND city_fen >= 0 AND county_fen >= 0),
  CONSTRAINT paid_is_not_negative CHECK (paid_fen >= 0),
  CONSTRAINT a_withdrawn_one_owes_nothing CHECK (NOT withdrawn OR (personal_fen = 0 AND central_fen = 0 AND province_fen = 0 AND city_fen = 0 AND county_fen = 0))
) WITH (fillfactor = 80);
CREATE INDEX assessment_by_household ON assessment (household_no, year) WHERE household_no <> '';
CREATE INDEX assessment_by_aid ON assessment (insutype, year, aid_id, psn_no) WHERE aid_id <> '';
REVOKE DELETE, TRUNCATE ON assessment FROM ${runtime};

-- What an assessment said before, each time it changed, and by what it was changed.
CREATE TABLE assessment_change (
  psn_no        text COLLATE "C" NOT NULL,
  insutype      text COLLATE "C" NOT NULL,
  year          int NOT NULL,
  version       int NOT NULL,
  psn_type      text NOT NULL,
  person_class  text NOT NULL,
  categories    text[] NOT NULL,
  personal_fen  bigint NOT NULL,
  aid_id        text NOT NULL,
  aid_fen       bigint NOT NULL,
  collective_fen bigint NOT NULL,
  subsidy_fen   bigint NOT NULL,
  withdrawn     boolean NOT NULL,
  run_no        bigint,
  cause         text NOT NULL,
  stated_at     timestamptz NOT NULL,
  replaced_at   timestamptz NOT NULL,
  PRIMARY KEY (psn_no, insutype, year, version)
);
REVOKE UPDATE, DELETE, TRUNCATE ON assessment_change FROM ${runtime};
