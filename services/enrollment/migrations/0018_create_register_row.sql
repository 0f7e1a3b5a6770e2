-- A household register's rows while they are compared, empty before and after: not a temporary table, which one process alone can read, so that all cores join it.
-- Whoever compares empties it first and so has it for himself until the end of the transaction; nothing of it outlasts that, so nothing is logged.
CREATE UNLOGGED TABLE register_row (
    line bigint NOT NULL,
    certno text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    psn_name text NOT NULL,
    gend text NOT NULL,
    birth_on date NOT NULL,
    household_no text NOT NULL,
    township text COLLATE "C" NOT NULL,
    village text COLLATE "C" NOT NULL,
    address text NOT NULL,
    state text COLLATE "C" NOT NULL
);
GRANT TRUNCATE ON register_row TO ${runtime};
