-- Who may sign in, and where they belong. place is the tenant (county or city); the others narrow it.
CREATE TABLE console_user (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    display_name text NOT NULL,
    role text NOT NULL,
    place text NOT NULL,
    township text NOT NULL DEFAULT '',
    provider text NOT NULL DEFAULT '',
    insurer text NOT NULL DEFAULT '',
    password_hash text NOT NULL,
    -- Changes with password, role, place and dismissal: cookies of before end.
    stamp uuid NOT NULL DEFAULT gen_random_uuid(),
    is_active boolean NOT NULL DEFAULT true,
    failures int NOT NULL DEFAULT 0,
    locked_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT user_name_is_taken UNIQUE (name),
    CONSTRAINT user_name_is_short CHECK (length(name) BETWEEN 1 AND 60),
    CONSTRAINT user_role_is_known CHECK (role IN ('city', 'county', 'township', 'provider', 'auditor', 'finance', 'insurer', 'operations')),
    CONSTRAINT user_place_is_a_division CHECK (place ~ '^[1-9][0-9]{5}$'),
    CONSTRAINT township_user_has_a_township CHECK ((role = 'township') = (township <> '')),
    CONSTRAINT provider_user_has_a_provider CHECK ((role = 'provider') = (provider <> '')),
    CONSTRAINT insurer_user_has_an_insurer CHECK ((role = 'insurer') = (insurer <> ''))
);

-- Who read a person's data and who changed what: only grows.
CREATE TABLE audit_log (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    user_name text NOT NULL,
    role text NOT NULL,
    place text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    outcome text NOT NULL DEFAULT ''
);
CREATE INDEX audit_log_by_user ON audit_log (user_name, number);
CREATE INDEX audit_log_by_subject ON audit_log (subject, number);
REVOKE UPDATE, DELETE, TRUNCATE ON audit_log FROM ${runtime};

-- What cookies are protected with: all replicas read each other's, and a restart signs nobody out.
CREATE TABLE protection_key (
    name text PRIMARY KEY,
    content text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
