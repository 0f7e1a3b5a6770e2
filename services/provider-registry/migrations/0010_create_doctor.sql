-- widens: one more kind of publication, every older row and writer passes
ALTER TABLE publication DROP CONSTRAINT kind_is_known, ADD CONSTRAINT kind_is_known CHECK (kind IN ('catalog', 'diseases', 'providers', 'doctors'));

-- Doctors under insurance agreements: their present state, with versions for deltas as in provider.
CREATE TABLE doctor (
  doctor_code text COLLATE "C" PRIMARY KEY,
  doctor_name text NOT NULL,
  version bigint NOT NULL
);
CREATE INDEX doctor_by_version ON doctor (version);

-- Where a doctor may treat, and when. Several providers at a time may be.
CREATE TABLE doctor_post (
  doctor_code text COLLATE "C" NOT NULL REFERENCES doctor,
  fixmedins_code text COLLATE "C" NOT NULL REFERENCES provider,
  from_on date NOT NULL,
  to_on date,
  department_code text NOT NULL,
  title text NOT NULL,
  agreement_no text NOT NULL,
  PRIMARY KEY (doctor_code, fixmedins_code, from_on),
  CONSTRAINT post_ends_after_it_starts CHECK (to_on >= from_on)
);

-- Decisions on a doctor, append-only: on a day the last one that has begun holds, until it ends; then, and before the first one, active.
CREATE TABLE doctor_status_change (
  doctor_code text COLLATE "C" NOT NULL REFERENCES doctor,
  seq integer NOT NULL,
  status text NOT NULL,
  from_on date NOT NULL,
  to_on date,
  reason text NOT NULL,
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (doctor_code, seq),
  CONSTRAINT doctor_status_is_known CHECK (status IN ('active', 'suspended', 'terminated')),
  CONSTRAINT status_ends_after_it_starts CHECK (to_on >= from_on),
  CONSTRAINT only_suspension_ends CHECK (to_on IS NULL OR status = 'suspended')
);
REVOKE DELETE ON doctor, doctor_post FROM ${runtime};
REVOKE UPDATE, DELETE ON doctor_status_change FROM ${runtime};
