-- The person that this record was merged into; its number stays, and leads there.
ALTER TABLE person ADD COLUMN merged_into text COLLATE "C";

-- A file of another authority compared with what is enrolled.
CREATE TABLE comparison (
    comparison_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    compared_at timestamptz NOT NULL,
    row_count bigint NOT NULL,
    found_count bigint NOT NULL,
    changed_count bigint NOT NULL
);

-- What a comparison found and a person must look at: one per source, kind and subject, whatever the number of comparisons that find it.
CREATE TABLE finding (
    finding_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    psn_no text COLLATE "C",
    other_psn_no text COLLATE "C",
    certno text COLLATE "C" NOT NULL,
    psn_name text NOT NULL,
    birth_on date,
    township text COLLATE "C" NOT NULL,
    village text COLLATE "C" NOT NULL,
    address text NOT NULL,
    detail text NOT NULL,
    state text COLLATE "C" NOT NULL,
    found_in bigint NOT NULL REFERENCES comparison,
    seen_in bigint NOT NULL REFERENCES comparison,
    found_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT a_finding_is_known_by_its_subject UNIQUE (source, kind, subject),
    CONSTRAINT finding_state_is_known CHECK (state IN ('open', 'confirmed', 'dismissed', 'resolved'))
);
CREATE INDEX finding_by_place ON finding (state, township, village, finding_no);

-- Who said what of a finding, and why; a comparison speaks under its own name. Never changed.
CREATE TABLE finding_step (
    finding_no bigint NOT NULL REFERENCES finding,
    step_no int NOT NULL,
    at timestamptz NOT NULL,
    decided_by text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    why text NOT NULL,
    PRIMARY KEY (finding_no, step_no)
);
REVOKE UPDATE, DELETE ON finding_step FROM ${runtime};
REVOKE UPDATE, DELETE ON comparison FROM ${runtime};
REVOKE DELETE ON finding FROM ${runtime};
