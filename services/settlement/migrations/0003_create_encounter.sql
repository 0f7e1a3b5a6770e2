CREATE TABLE encounter (
  mdtrt_id       text NOT NULL PRIMARY KEY,
  psn_no         text NOT NULL,
  fixmedins_code text NOT NULL,
  visit_no       text NOT NULL,
  insutype       text NOT NULL,
  med_type       text NOT NULL,
  begin_on       date NOT NULL,
  end_on         date,
  state          text NOT NULL,
  CONSTRAINT state_is_known CHECK (state IN ('open', 'discharged', 'settled', 'cancelled')),
  CONSTRAINT ends_not_before_it_begins CHECK (end_on >= begin_on)
);
CREATE UNIQUE INDEX visit_no_is_unique_in_provider ON encounter (fixmedins_code, visit_no) WHERE state <> 'cancelled';
CREATE INDEX encounter_of_person ON encounter (psn_no, begin_on);
CREATE INDEX encounter_of_provider ON encounter (fixmedins_code, begin_on);

-- The journal's records of one encounter, in order; settlements are in claim. Folding both gives the encounter's present state.
CREATE TABLE encounter_record (
  mdtrt_id text   NOT NULL,
  seq      bigint NOT NULL,
  idx      int    NOT NULL,
  record   bytea  NOT NULL,
  PRIMARY KEY (mdtrt_id, seq, idx)
);
