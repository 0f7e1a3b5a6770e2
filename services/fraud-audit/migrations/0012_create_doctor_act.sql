-- Insurance doctors: points taken off and given back, warnings, suspensions, restorations, ends. Proposed by one person, decided by another; what follows from points is written by the decision on them.
CREATE TABLE doctor_act (
    act_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- null: it followed from points
    request_key text,
    kind text NOT NULL,
    doctor_code text NOT NULL,
    fixmedins_code text NOT NULL,
    violation text NOT NULL,
    -- negative: given back
    points int NOT NULL,
    -- the day of the violation, or from which on the measure holds
    from_on date NOT NULL,
    -- of a suspension, its last day
    to_on date,
    -- the act that it gives back or follows from
    of_act_no bigint REFERENCES doctor_act,
    evidence_kind text NOT NULL,
    evidence_no text NOT NULL,
    reason text NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    state text NOT NULL,
    decided_by text NOT NULL DEFAULT '',
    decided_at timestamptz,
    remark text NOT NULL DEFAULT '',
    -- whether provider-registry knows: '' nothing to tell
    effect text NOT NULL DEFAULT '',
    attempts int NOT NULL DEFAULT 0,
    effect_note text NOT NULL DEFAULT '',
    effect_at timestamptz,
    CONSTRAINT doctor_act_once_per_key UNIQUE (request_key),
    CONSTRAINT doctor_act_kind_is_known CHECK (kind IN ('deduct', 'return', 'warn', 'suspend', 'restore', 'terminate')),
    CONSTRAINT doctor_act_state_is_known CHECK (state IN ('proposed', 'approved', 'rejected')),
    CONSTRAINT doctor_act_effect_is_known CHECK (effect IN ('', 'pending', 'done', 'refused') AND (effect = '' OR state = 'approved')),
    CONSTRAINT points_have_their_kind CHECK ((points > 0) = (kind = 'deduct') AND (points < 0) = (kind = 'return')),
    CONSTRAINT decided_by_another CHECK ((state = 'proposed') = (decided_by = '') AND decided_by <> proposed_by)
);
CREATE INDEX doctor_act_of_doctor ON doctor_act (doctor_code, act_no);
CREATE INDEX doctor_act_to_tell ON doctor_act (act_no) WHERE effect = 'pending';
-- Points are given back once.
CREATE UNIQUE INDEX points_are_returned_once ON doctor_act (of_act_no) WHERE kind = 'return' AND state <> 'rejected';
REVOKE DELETE, TRUNCATE ON doctor_act FROM ${runtime};
