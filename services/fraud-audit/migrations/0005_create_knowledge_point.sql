-- Files of knowledge points, each as it was taken in: whole or not at all.
CREATE TABLE knowledge_batch (
    batch_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL,
    reason text NOT NULL,
    imported_by text NOT NULL,
    approved_by text NOT NULL,
    imported_at timestamptz NOT NULL,
    -- in the file, and those that said something new
    rows bigint NOT NULL,
    changed bigint NOT NULL,
    CONSTRAINT two_people_import CHECK (lower(imported_by) <> lower(approved_by))
);

-- A later batch's row of the same rule and point supersedes the one before from its first day on; what was superseded stays to be read.
CREATE TABLE knowledge_point (
    rule text NOT NULL,
    point_no text NOT NULL,
    batch_no bigint NOT NULL REFERENCES knowledge_batch,
    item_name text NOT NULL,
    codes text[] NOT NULL,
    others text[] NOT NULL,
    diagnoses text[] NOT NULL,
    gend text NOT NULL,
    age_min int,
    age_max int,
    insutypes text[] NOT NULL,
    med_types text[] NOT NULL,
    level_min text NOT NULL,
    -- ten-thousandths of a quantity; of prices millionths of a yuan
    limit_value bigint NOT NULL,
    window_text text NOT NULL,
    basis text NOT NULL,
    from_on date NOT NULL,
    -- as the file says; null: until further notice
    to_on date,
    -- the last day on which it holds, later batches considered; before from_on: it never held
    valid_to date,
    PRIMARY KEY (rule, point_no, batch_no)
);
CREATE INDEX knowledge_point_of_code ON knowledge_point USING gin (codes);
