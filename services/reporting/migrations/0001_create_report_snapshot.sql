-- A report as it was made for a period: the document is what readers get, byte for byte.
CREATE TABLE report_snapshot (
    snapshot_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    report text NOT NULL,
    period_kind text NOT NULL CHECK (period_kind IN ('day', 'month')),
    -- yyyyMMdd or yyyyMM.
    period text NOT NULL,
    -- One of the city's; '': all of them.
    county text NOT NULL,
    -- The report as UTF-8 JSON.
    document bytea NOT NULL,
    document_sha256 bytea NOT NULL,
    -- Of each feed, county and position that it was made at, as JSON.
    positions text NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT hash_is_of_document CHECK (document_sha256 = sha256(document)),
    CONSTRAINT one_snapshot_of_a_period UNIQUE (report, county, period_kind, period)
);
REVOKE UPDATE, DELETE, TRUNCATE ON report_snapshot FROM ${runtime};

-- The owner of the table may not do it either.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a snapshot is never changed'; END $$;
CREATE TRIGGER snapshot_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON report_snapshot EXECUTE FUNCTION refuse_change();
