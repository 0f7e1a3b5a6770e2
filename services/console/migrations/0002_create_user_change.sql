-- Who gets which role where: one person asks, another grants. What was granted is in console_user; nothing here is deleted.
CREATE TABLE user_change (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    display_name text NOT NULL DEFAULT '',
    role text NOT NULL DEFAULT '',
    place text NOT NULL,
    township text NOT NULL DEFAULT '',
    provider text NOT NULL DEFAULT '',
    insurer text NOT NULL DEFAULT '',
    reason text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    decided_by text NOT NULL DEFAULT '',
    decided_at timestamptz,
    state text NOT NULL DEFAULT 'asked',
    CONSTRAINT change_kind_is_known CHECK (kind IN ('grant', 'dismissal', 'password')),
    CONSTRAINT change_state_is_known CHECK (state IN ('asked', 'granted', 'refused')),
    CONSTRAINT two_people_change_a_user CHECK (decided_by <> asked_by)
);
CREATE INDEX user_change_asked ON user_change (number) WHERE state = 'asked';
REVOKE DELETE, TRUNCATE ON user_change FROM ${runtime};
