-- Results of large tests as providers tell them, by files. What was told stays; a wrong result is withdrawn and told anew.
CREATE TABLE test_result_file (
    file_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fixmedins_code text NOT NULL,
    sha256 bytea NOT NULL,
    -- of the file without its header, as it was read last
    rows bigint NOT NULL,
    rejected bigint NOT NULL,
    -- results that came with it
    told bigint NOT NULL,
    imported_by text NOT NULL,
    reason text NOT NULL,
    imported_at timestamptz NOT NULL,
    read_at timestamptz NOT NULL,
    CONSTRAINT a_file_is_taken_once UNIQUE (fixmedins_code, sha256)
);
REVOKE DELETE, TRUNCATE ON test_result_file FROM ${runtime};

-- Rows of a file that were refused when it was read last.
CREATE TABLE test_result_refusal (
    file_no bigint NOT NULL REFERENCES test_result_file,
    line bigint NOT NULL,
    column_name text NOT NULL,
    code text NOT NULL,
    chinese text NOT NULL,
    english text NOT NULL,
    PRIMARY KEY (file_no, line, column_name, code)
);

CREATE TABLE test_result (
    result_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    file_no bigint NOT NULL REFERENCES test_result_file,
    line bigint NOT NULL,
    fixmedins_code text NOT NULL,
    mdtrt_id text NOT NULL,
    -- '' = not told
    setl_id text NOT NULL,
    med_list_code text NOT NULL,
    -- '' = not told: the nearest line of the item
    feedetl_sn text NOT NULL,
    performed_at timestamptz NOT NULL,
    positive boolean NOT NULL,
    -- who reported
    doctor_code text NOT NULL,
    withdrawn_by text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX a_test_has_one_result ON test_result (fixmedins_code, mdtrt_id, med_list_code, feedetl_sn, performed_at) WHERE withdrawn_by = '';
CREATE INDEX test_result_by_time ON test_result (performed_at);
CREATE INDEX test_result_of_file ON test_result (file_no, line);
REVOKE DELETE, TRUNCATE ON test_result FROM ${runtime};
