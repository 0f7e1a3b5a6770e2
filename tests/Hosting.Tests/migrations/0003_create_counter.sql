-- What the tests publish from (a numbered aggregate) and write down when they handle.
CREATE TABLE counter (
    aggregate text PRIMARY KEY,
    number int NOT NULL
);
CREATE TABLE heard (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    aggregate text NOT NULL,
    number int NOT NULL,
    together int NOT NULL
);
