-- Rows of the disease lists, append-only; versions as in catalog_item.
CREATE TABLE disease (
  code text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  insutype text COLLATE "C" NOT NULL,
  from_on date NOT NULL,
  version bigint NOT NULL,
  to_on date,
  name text NOT NULL,
  amount_fen bigint NOT NULL,
  unit text NOT NULL,
  PRIMARY KEY (code, kind, insutype, from_on, version),
  CONSTRAINT disease_ends_after_it_starts CHECK (to_on >= from_on),
  CONSTRAINT disease_kind_is_known CHECK (kind IN ('special_outpatient', 'chronic_outpatient', 'special_outpatient_child', 'per_disease', 'per_eye', 'delivery')),
  CONSTRAINT fixed_kinds_have_an_amount CHECK ((amount_fen > 0) = (kind IN ('per_disease', 'per_eye', 'delivery')) AND amount_fen >= 0)
);

CREATE INDEX disease_by_version ON disease (version);

REVOKE UPDATE, DELETE ON disease FROM ${runtime};
