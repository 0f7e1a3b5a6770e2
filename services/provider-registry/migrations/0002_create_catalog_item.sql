-- Rows of the insurance catalog, append-only. In a version counts, of each (hilist_code, from_on), the row with the highest version up to it.
CREATE TABLE catalog_item (
  hilist_code text COLLATE "C" NOT NULL,
  from_on date NOT NULL,
  version bigint NOT NULL,
  to_on date,
  hilist_name text NOT NULL,
  list_type text NOT NULL,
  chrgitm_lv text NOT NULL,
  med_chrgitm_type text NOT NULL,
  selfpay_bp integer NOT NULL,
  ceiling_3_micro_yuan bigint,
  ceiling_2_micro_yuan bigint,
  ceiling_1_micro_yuan bigint,
  ceiling_community_micro_yuan bigint,
  min_level text NOT NULL,
  outpatient_pool boolean NOT NULL,
  gend_limit text NOT NULL,
  age_min integer,
  age_max integer,
  max_quantity_per_day_e4 bigint,
  max_days integer,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (hilist_code, from_on, version),
  CONSTRAINT item_ends_after_it_starts CHECK (to_on >= from_on),
  CONSTRAINT class_is_known CHECK (chrgitm_lv IN ('01', '02', '03')),
  CONSTRAINT first_pay_is_a_share CHECK (selfpay_bp BETWEEN 0 AND 10000),
  CONSTRAINT first_pay_fits_the_class CHECK (CASE chrgitm_lv WHEN '01' THEN selfpay_bp = 0 WHEN '03' THEN selfpay_bp = 10000 ELSE true END),
  CONSTRAINT ceilings_are_positive CHECK (
    ceiling_3_micro_yuan > 0 AND ceiling_2_micro_yuan > 0 AND ceiling_1_micro_yuan > 0 AND ceiling_community_micro_yuan > 0),
  CONSTRAINT min_level_is_known CHECK (min_level IN ('village', 'community', '1', '2', '3')),
  CONSTRAINT ages_are_in_order CHECK (age_min >= 0 AND age_max >= age_min)
);

CREATE INDEX catalog_item_by_version ON catalog_item (version);

REVOKE UPDATE, DELETE ON catalog_item FROM ${runtime};
