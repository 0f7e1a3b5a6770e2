-- Work in the field: calls to patients, ward checks, campaigns, tips and rewards. Who did what, when and why is never changed.
CREATE TABLE field_act (
    act_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text NOT NULL,
    number bigint NOT NULL,
    act text NOT NULL,
    acted_by text NOT NULL,
    acted_at timestamptz NOT NULL,
    reason text NOT NULL,
    -- what the act said, JSON; of a tip never who gave it
    detail text NOT NULL,
    request_key text NOT NULL CONSTRAINT a_request_acts_once_in_the_field UNIQUE,
    content_hash bytea NOT NULL,
    CONSTRAINT subject_is_known CHECK (subject IN ('call_draw', 'call_back', 'ward_check', 'campaign', 'campaign_item', 'tip', 'reward')),
    CONSTRAINT somebody_acts CHECK (acted_by <> '')
);
CREATE INDEX field_act_of_subject ON field_act (subject, number, act_no);
REVOKE UPDATE, DELETE, TRUNCATE ON field_act FROM ${runtime};

CREATE TABLE call_draw (
    draw_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    from_on date NOT NULL,
    to_on date NOT NULL,
    -- '' = all
    fixmedins_code text NOT NULL,
    stays_only boolean NOT NULL,
    -- of calls that a township or village made: the centre calls again
    resampled_place text,
    script_version text NOT NULL,
    seed text NOT NULL,
    frame_rows int NOT NULL,
    drawn_by text NOT NULL,
    drawn_at timestamptz NOT NULL
);
REVOKE UPDATE, DELETE, TRUNCATE ON call_draw FROM ${runtime};

-- One patient to be asked about one settlement. A telephone number has no column here.
CREATE TABLE call_back (
    call_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    draw_no bigint NOT NULL REFERENCES call_draw,
    setl_id text NOT NULL,
    psn_no text NOT NULL,
    fixmedins_code text NOT NULL,
    settled_on date NOT NULL,
    resample_of bigint REFERENCES call_back,
    -- '' = the centre, 9 digits a township, 12 a village
    place text NOT NULL,
    assignee text NOT NULL,
    due_on date NOT NULL,
    state text NOT NULL DEFAULT 'open',
    attempts int NOT NULL DEFAULT 0,
    -- of the last attempt
    result text NOT NULL DEFAULT '',
    closed_on date,
    CONSTRAINT state_is_known CHECK (state IN ('open', 'again', 'visit', 'done', 'unreached')),
    CONSTRAINT place_is_a_place CHECK (place ~ '^([0-9]{9}|[0-9]{12})?$'),
    CONSTRAINT closed_says_when CHECK ((state IN ('done', 'unreached')) = (closed_on IS NOT NULL)),
    CONSTRAINT attempts_make_the_state CHECK ((state = 'open') = (attempts = 0))
);
CREATE UNIQUE INDEX a_settlement_is_asked_about_once ON call_back (setl_id) WHERE resample_of IS NULL;
CREATE UNIQUE INDEX a_call_is_resampled_once ON call_back (resample_of) WHERE resample_of IS NOT NULL;
CREATE INDEX call_back_to_do ON call_back (place, due_on) WHERE state IN ('open', 'again', 'visit');
CREATE INDEX call_back_of_draw ON call_back (draw_no, call_no);
REVOKE DELETE, TRUNCATE ON call_back FROM ${runtime};

CREATE TABLE call_attempt (
    call_no bigint NOT NULL REFERENCES call_back,
    attempt_no int NOT NULL,
    way text NOT NULL,
    called_on date NOT NULL,
    called_by text NOT NULL,
    result text NOT NULL,
    -- question to answer, JSON
    answers text NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (call_no, attempt_no),
    CONSTRAINT way_is_known CHECK (way IN ('phone', 'visit'))
);
REVOKE UPDATE, DELETE, TRUNCATE ON call_attempt FROM ${runtime};

CREATE TABLE ward_check (
    check_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fixmedins_code text NOT NULL,
    checked_on date NOT NULL,
    ward text NOT NULL,
    -- of the day
    round int NOT NULL,
    -- in-patients that the ward's own list has
    expected int NOT NULL,
    in_bed int NOT NULL,
    rate_bp int NOT NULL,
    -- as the term was
    rate_min_bp int NOT NULL,
    checked_by text NOT NULL,
    companion text NOT NULL,
    recorded_at timestamptz NOT NULL,
    withdrawn_by text NOT NULL DEFAULT '',
    CONSTRAINT some_are_expected CHECK (expected > 0 AND in_bed BETWEEN 0 AND expected AND round > 0),
    CONSTRAINT two_people_check CHECK (lower(checked_by) <> lower(companion))
);
CREATE UNIQUE INDEX a_ward_is_checked_once_a_round ON ward_check (fixmedins_code, checked_on, ward, round) WHERE withdrawn_by = '';
REVOKE DELETE, TRUNCATE ON ward_check FROM ${runtime};

CREATE TABLE ward_check_bed (
    check_no bigint NOT NULL REFERENCES ward_check,
    bed text NOT NULL,
    -- '' = whose bed it is nobody could say
    psn_no text NOT NULL,
    state text NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (check_no, bed),
    CONSTRAINT state_is_known CHECK (state IN ('present', 'elsewhere', 'absent', 'other_person'))
);
REVOKE UPDATE, DELETE, TRUNCATE ON ward_check_bed FROM ${runtime};

CREATE TABLE campaign (
    campaign_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    -- the days whose settlements it is about
    from_on date NOT NULL,
    to_on date NOT NULL,
    deadline_on date NOT NULL,
    -- numbers of rules
    rules text[] NOT NULL,
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_by text NOT NULL DEFAULT '',
    CONSTRAINT kind_is_known CHECK (kind IN ('flying', 'self_inspection'))
);
REVOKE DELETE, TRUNCATE ON campaign FROM ${runtime};

CREATE TABLE campaign_provider (
    campaign_no bigint NOT NULL REFERENCES campaign,
    fixmedins_code text NOT NULL,
    -- the first report's
    reported_on date,
    reports int NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign_no, fixmedins_code),
    CONSTRAINT reported_says_when CHECK ((reports = 0) = (reported_on IS NULL))
);
REVOKE DELETE, TRUNCATE ON campaign_provider FROM ${runtime};

CREATE TABLE campaign_item (
    item_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_no bigint NOT NULL,
    fixmedins_code text NOT NULL,
    rule text NOT NULL,
    -- '' = not about one settlement
    setl_id text NOT NULL,
    amount_fen bigint NOT NULL,
    text text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'recorded',
    -- who found the money in the bank, or struck the item out
    decided_by text NOT NULL DEFAULT '',
    received_on date,
    FOREIGN KEY (campaign_no, fixmedins_code) REFERENCES campaign_provider,
    CONSTRAINT amount_is_some CHECK (amount_fen > 0),
    CONSTRAINT state_is_known CHECK (state IN ('recorded', 'booking', 'refunded', 'struck')),
    CONSTRAINT another_decides CHECK ((state = 'recorded') = (decided_by = '') AND lower(decided_by) <> lower(recorded_by))
);
CREATE INDEX item_of_campaign ON campaign_item (campaign_no, item_no);
REVOKE DELETE, TRUNCATE ON campaign_item FROM ${runtime};

CREATE SEQUENCE tip_number;
CREATE TABLE tip (
    tip_no bigint PRIMARY KEY,
    received_on date NOT NULL,
    channel text NOT NULL,
    subject_kind text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    -- AES-GCM with a key that the database has not: nonce, tag, cipher text; null: the informer gave none
    contact bytea,
    -- SHA-256 of what the informer asks with
    secret_hash bytea NOT NULL,
    state text NOT NULL DEFAULT 'registered',
    registered_by text NOT NULL,
    registered_at timestamptz NOT NULL,
    handler text NOT NULL DEFAULT '',
    -- what the informer is told
    answer text NOT NULL DEFAULT '',
    case_no bigint REFERENCES audit_case,
    CONSTRAINT channel_is_known CHECK (channel IN ('phone', 'letter', 'visit', 'online')),
    CONSTRAINT subject_kind_is_known CHECK (subject_kind IN ('provider', 'person', 'unknown')),
    CONSTRAINT state_is_known CHECK (state IN ('registered', 'checking', 'confirmed', 'unfounded', 'not_accepted')),
    CONSTRAINT confirmed_by_a_case CHECK ((state = 'confirmed') = (case_no IS NOT NULL))
);
REVOKE DELETE, TRUNCATE ON tip FROM ${runtime};

CREATE TABLE reward (
    reward_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tip_no bigint NOT NULL REFERENCES tip,
    recovered_fen bigint NOT NULL,
    -- as the terms were
    share_bp int NOT NULL,
    amount_fen bigint NOT NULL,
    state text NOT NULL DEFAULT 'proposed',
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by text NOT NULL DEFAULT '',
    paid_by text NOT NULL DEFAULT '',
    paid_on date,
    -- the voucher's number; never an account
    receipt text NOT NULL DEFAULT '',
    CONSTRAINT state_is_known CHECK (state IN ('proposed', 'approved', 'rejected', 'paid')),
    CONSTRAINT amounts_are_some CHECK (recovered_fen > 0 AND amount_fen > 0),
    CONSTRAINT another_decides CHECK ((state = 'proposed') = (decided_by = '') AND lower(decided_by) <> lower(proposed_by)),
    CONSTRAINT paid_says_when CHECK ((state = 'paid') = (paid_on IS NOT NULL) AND (state = 'paid') = (paid_by <> '') AND (paid_by = '' OR lower(paid_by) NOT IN (lower(proposed_by), lower(decided_by))))
);
CREATE UNIQUE INDEX a_tip_is_rewarded_once ON reward (tip_no) WHERE state <> 'rejected';
REVOKE DELETE, TRUNCATE ON reward FROM ${runtime};
