-- Persons who owe nothing because others pay everything, and of whom enrollment was told that they are paid for; told no more since the assessment rose or was withdrawn.
CREATE TABLE aided_cover (
    psn_no text COLLATE "C" NOT NULL,
    insutype text COLLATE "C" NOT NULL,
    year int NOT NULL,
    is_told boolean NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (psn_no, insutype, year)
);
REVOKE DELETE, TRUNCATE ON aided_cover FROM ${runtime};
-- Few of all: those without a due.
CREATE INDEX assessment_without_due ON assessment (insutype, year, psn_no) WHERE due_fen = 0 AND NOT withdrawn;
