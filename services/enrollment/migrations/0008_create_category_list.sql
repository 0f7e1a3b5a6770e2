-- The authority whose list recognised the person; null: the old system's file did.
ALTER TABLE category ADD COLUMN recognised_by text COLLATE "C";

-- Lists of authorities that took effect. One that came before is known by its content.
CREATE TABLE category_list (
    list_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    authority text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    as_of date NOT NULL,
    sha256 bytea NOT NULL,
    row_count bigint NOT NULL,
    applied_at timestamptz NOT NULL,
    CONSTRAINT a_list_takes_effect_once UNIQUE (authority, sha256),
    CONSTRAINT list_kind_is_known CHECK (kind IN ('full', 'difference'))
);

-- Each change of a category by a list: whose, from when. Never changed.
CREATE TABLE category_change (
    change_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    list_no bigint NOT NULL REFERENCES category_list,
    psn_no text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    action text COLLATE "C" NOT NULL,
    effective_on date NOT NULL,
    CONSTRAINT category_action_is_known CHECK (action IN ('add', 'remove'))
);
CREATE INDEX category_change_by_person ON category_change (psn_no);
REVOKE UPDATE, DELETE ON category_list, category_change FROM ${runtime};
CREATE INDEX finding_by_person ON finding (psn_no);
