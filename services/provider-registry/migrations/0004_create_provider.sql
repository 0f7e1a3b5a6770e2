CREATE TABLE provider (
  fixmedins_code text COLLATE "C" PRIMARY KEY,
  fixmedins_name text NOT NULL,
  fixmedins_type text NOT NULL,
  hosp_lv text NOT NULL,
  policy_level text NOT NULL,
  county text NOT NULL,
  ownership text NOT NULL,
  version bigint NOT NULL,
  CONSTRAINT policy_level_is_known CHECK (policy_level IN ('3', '2', '1', 'community', 'village', 'pharmacy')),
  CONSTRAINT a_pharmacy_is_a_pharmacy CHECK ((fixmedins_type = '2') = (policy_level = 'pharmacy'))
);

CREATE INDEX provider_by_version ON provider (version);

-- All agreements a provider ever had: a late claim is judged by the one of its day.
CREATE TABLE agreement (
  fixmedins_code text COLLATE "C" NOT NULL REFERENCES provider,
  agreement_no text COLLATE "C" NOT NULL,
  from_on date NOT NULL,
  to_on date,
  PRIMARY KEY (fixmedins_code, agreement_no),
  CONSTRAINT one_agreement_begins_on_a_day UNIQUE (fixmedins_code, from_on),
  CONSTRAINT agreement_ends_after_it_starts CHECK (to_on >= from_on)
);

-- Decisions on an agreement, append-only, in the order they were made; their days never go back.
CREATE TABLE agreement_status_change (
  fixmedins_code text COLLATE "C" NOT NULL,
  agreement_no text COLLATE "C" NOT NULL,
  seq integer NOT NULL,
  status text NOT NULL,
  from_on date NOT NULL,
  reason text NOT NULL,
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (fixmedins_code, agreement_no, seq),
  FOREIGN KEY (fixmedins_code, agreement_no) REFERENCES agreement,
  CONSTRAINT status_is_known CHECK (status IN ('active', 'suspended', 'terminated'))
);

REVOKE DELETE ON provider, agreement FROM ${runtime};
REVOKE UPDATE, DELETE ON agreement_status_change FROM ${runtime};
