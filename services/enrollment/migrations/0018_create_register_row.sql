-- A household register's rows while they are compared, empty before and after: not a temporary table, which one process alone can read, so that all cores join it.
-- Whoever compares empties it first and so has it for himself until the end of the transaction; nothing of it outlasts that, so nothing is logged.
CREATE UNLOGGED TABLE register_row (
    line bigint NOT NULL,
    certno text COLLATE "C" NOT NULL,
    number text COLLATE "C" NOT NULL,
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

-- Every comparison says of each finding that it saw it again: beside the row before, so that no index learns of it.
ALTER TABLE finding SET (fillfactor = 50);

-- A resident's number of 15 digits as the one of 18 (GB 11643): the century, and the check digit of the first 17.
CREATE FUNCTION number_of_18(old text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT digits || substr('10X98765432', (SELECT sum(substr(digits, i, 1)::int * (ARRAY[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])[i]) FROM generate_series(1, 17) AS i)::int % 11 + 1, 1)
    FROM (SELECT left(old, 6) || '19' || right(old, 9)) AS new (digits)
$$;
