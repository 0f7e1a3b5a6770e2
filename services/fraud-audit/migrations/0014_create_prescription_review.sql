-- Prescription review: prescriptions drawn of a provider's month so that anyone can draw them again, what experts say of each, the doctor's statement, what another expert decides. Acts are rows of field_act.
ALTER TABLE field_act DROP CONSTRAINT subject_is_known;
-- widens: three more subjects, every older row and writer passes
ALTER TABLE field_act ADD CONSTRAINT subject_is_known CHECK (subject IN ('call_draw', 'call_back', 'ward_check', 'campaign', 'campaign_item', 'tip', 'reward', 'prescription_draw', 'prescription', 'test_result'));

CREATE TABLE prescription_draw (
    draw_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fixmedins_code text NOT NULL,
    -- the month's first day; of settlement
    month date NOT NULL,
    -- outpatient, stay
    care text NOT NULL,
    per_doctor int NOT NULL,
    share_bp int NOT NULL,
    seed text NOT NULL,
    -- how far settlement's journal had been read: what was known and stood then
    frame_seq bigint NOT NULL,
    frame_idx int NOT NULL,
    frame_rows int NOT NULL,
    frame_sha256 text NOT NULL,
    drawn_by text NOT NULL,
    drawn_at timestamptz NOT NULL,
    -- Nobody draws again until the draw is to their liking.
    CONSTRAINT a_month_is_drawn_once UNIQUE (fixmedins_code, month, care),
    CONSTRAINT care_is_known CHECK (care IN ('outpatient', 'stay')),
    CONSTRAINT draw_has_a_size CHECK (per_doctor > 0 AND share_bp BETWEEN 0 AND 10000 AND frame_rows > 0)
);
CREATE INDEX prescription_draw_of_month ON prescription_draw (month, draw_no);
REVOKE UPDATE, DELETE, TRUNCATE ON prescription_draw FROM ${runtime};

-- What each doctor prescribed in the month.
CREATE TABLE prescription_doctor (
    draw_no bigint NOT NULL REFERENCES prescription_draw,
    -- '' = no doctor was named
    doctor_code text NOT NULL,
    prescriptions int NOT NULL,
    in_scope_fen bigint NOT NULL,
    PRIMARY KEY (draw_no, doctor_code)
);
REVOKE UPDATE, DELETE, TRUNCATE ON prescription_doctor FROM ${runtime};

CREATE TABLE prescription (
    prescription_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    draw_no bigint NOT NULL,
    setl_id text NOT NULL,
    doctor_code text NOT NULL,
    prescribed_on date NOT NULL,
    department_code text NOT NULL,
    lines int NOT NULL,
    amount_fen bigint NOT NULL,
    in_scope_fen bigint NOT NULL,
    state text NOT NULL DEFAULT 'open',
    -- of reviews
    round int NOT NULL DEFAULT 0,
    -- of the last review; as decided
    outcome text NOT NULL DEFAULT '',
    wrong_fen bigint NOT NULL DEFAULT 0,
    expert text NOT NULL DEFAULT '',
    reviewed_at timestamptz,
    -- when the doctor was told, and until when they may answer
    told_on date,
    due_on date,
    -- '' with a day: waived
    statement text NOT NULL DEFAULT '',
    statement_on date,
    decided_by text NOT NULL DEFAULT '',
    decided_at timestamptz,
    doctor_act_no bigint REFERENCES doctor_act,
    CONSTRAINT a_prescription_is_drawn_once UNIQUE (draw_no, setl_id, doctor_code, prescribed_on),
    FOREIGN KEY (draw_no, doctor_code) REFERENCES prescription_doctor,
    CONSTRAINT state_is_known CHECK (state IN ('open', 'reviewed', 'told', 'decided')),
    CONSTRAINT outcome_is_known CHECK (outcome IN ('', 'rational', 'irregular', 'unsuitable', 'extraordinary') AND (state = 'open') = (outcome = '')),
    CONSTRAINT wrong_within_scope CHECK (wrong_fen >= 0 AND wrong_fen <= greatest(in_scope_fen, 0) AND (wrong_fen = 0 OR outcome NOT IN ('', 'rational'))),
    CONSTRAINT reviewed_by_somebody CHECK ((state = 'open') = (expert = '') AND (expert = '') = (reviewed_at IS NULL)),
    CONSTRAINT told_says_until_when CHECK ((told_on IS NULL) = (due_on IS NULL) AND (state <> 'told' OR told_on IS NOT NULL) AND (statement_on IS NULL OR statement_on BETWEEN told_on AND due_on)),
    CONSTRAINT decided_by_another CHECK ((state = 'decided') = (decided_by <> '') AND (decided_by = '') = (decided_at IS NULL) AND (decided_by = '' OR lower(decided_by) <> lower(expert))),
    CONSTRAINT points_follow_a_decision CHECK (doctor_act_no IS NULL OR state = 'decided' AND outcome NOT IN ('rational', 'irregular'))
);
CREATE INDEX prescription_of_doctor ON prescription (doctor_code, prescription_no);
CREATE INDEX prescription_to_do ON prescription (state, prescription_no) WHERE state <> 'decided';
REVOKE DELETE, TRUNCATE ON prescription FROM ${runtime};

-- Reviews as they were given; a returned one is followed by another.
CREATE TABLE prescription_review (
    prescription_no bigint NOT NULL REFERENCES prescription,
    round int NOT NULL,
    expert text NOT NULL,
    outcome text NOT NULL,
    reasons text[] NOT NULL,
    text text NOT NULL,
    reviewed_at timestamptz NOT NULL,
    PRIMARY KEY (prescription_no, round)
);
CREATE TABLE prescription_review_line (
    prescription_no bigint NOT NULL,
    round int NOT NULL,
    feedetl_sn text NOT NULL,
    wrong_fen bigint NOT NULL,
    -- null: not decided; 0: the line is right after all
    decided_fen bigint,
    PRIMARY KEY (prescription_no, round, feedetl_sn),
    FOREIGN KEY (prescription_no, round) REFERENCES prescription_review,
    CONSTRAINT decided_within_what_was_heard CHECK (wrong_fen >= 0 AND decided_fen BETWEEN 0 AND wrong_fen)
);
REVOKE UPDATE, DELETE, TRUNCATE ON prescription_review FROM ${runtime};
REVOKE DELETE, TRUNCATE ON prescription_review_line FROM ${runtime};
