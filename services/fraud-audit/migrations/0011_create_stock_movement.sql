-- What providers of the county told of their stock (3501 to 3506). Never edited: what 3507 takes back stands in stock_deletion, and the number may be used again with the next round.
CREATE TABLE stock_movement (
    movement_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fixmedins_code text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    fixmedins_bchno text COLLATE "C" NOT NULL,
    round int NOT NULL,
    med_list_code text COLLATE "C" NOT NULL,
    provider_list_id text NOT NULL,
    provider_list_name text NOT NULL,
    lot text NOT NULL,
    manufactured_on date,
    expires_on date,
    prescription boolean NOT NULL,
    quantity_e4 bigint NOT NULL,
    -- what it does to the stock; of a count nothing
    signed_e4 bigint NOT NULL,
    unit_price_micro_yuan bigint NOT NULL,
    moved_at timestamptz NOT NULL,
    -- China's day
    moved_on date NOT NULL,
    change_type text NOT NULL,
    supplier text NOT NULL,
    producer text NOT NULL,
    approval_no text NOT NULL,
    settle_kind text NOT NULL,
    setl_id text NOT NULL,
    visit_no text NOT NULL,
    psn_no text NOT NULL,
    retail_no text NOT NULL,
    trace_codes text[] NOT NULL,
    split boolean NOT NULL,
    doctor_code text NOT NULL,
    memo text NOT NULL,
    -- of the row as it was sent: the same number with another content is refused
    content_hash bytea NOT NULL,
    operator text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT stock_key_counts_once UNIQUE (fixmedins_code, kind, fixmedins_bchno, round),
    CONSTRAINT stock_kind_is_known CHECK (kind IN ('count', 'change', 'purchase', 'purchase_return', 'sale', 'sale_return')),
    CONSTRAINT stock_quantity_is_positive CHECK (quantity_e4 > 0 OR (kind = 'count' AND quantity_e4 = 0))
);
CREATE INDEX stock_movement_of_item ON stock_movement (fixmedins_code, med_list_code, moved_on);
CREATE INDEX stock_movement_by_day ON stock_movement (moved_on, movement_no);
CREATE INDEX stock_movement_by_trace_code ON stock_movement USING gin (trace_codes) WHERE trace_codes <> '{}';

CREATE TABLE stock_deletion (
    fixmedins_code text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    fixmedins_bchno text COLLATE "C" NOT NULL,
    round int NOT NULL,
    operator text NOT NULL,
    deleted_at timestamptz NOT NULL,
    PRIMARY KEY (fixmedins_code, kind, fixmedins_bchno, round),
    FOREIGN KEY (fixmedins_code, kind, fixmedins_bchno, round) REFERENCES stock_movement (fixmedins_code, kind, fixmedins_bchno, round)
);
REVOKE UPDATE, DELETE ON stock_movement, stock_deletion FROM ${runtime};

CREATE VIEW standing_stock AS
    SELECT m.* FROM stock_movement m
    WHERE NOT EXISTS (SELECT FROM stock_deletion d WHERE (d.fixmedins_code, d.kind, d.fixmedins_bchno, d.round) = (m.fixmedins_code, m.kind, m.fixmedins_bchno, m.round));

-- Trace codes of whole packs on the net lines of settlements, taken from audit_claim up to trace_position.
CREATE TABLE trace_sale (
    trace_code text COLLATE "C" NOT NULL,
    setl_id text NOT NULL,
    feedetl_sn text NOT NULL,
    occurred_on date NOT NULL,
    PRIMARY KEY (trace_code, setl_id, feedetl_sn)
);
CREATE INDEX trace_sale_of_claim ON trace_sale (setl_id);
CREATE TABLE trace_position (
    one boolean PRIMARY KEY DEFAULT true,
    seq bigint NOT NULL,
    idx int NOT NULL,
    CONSTRAINT there_is_one_trace_position CHECK (one)
);
INSERT INTO trace_position (seq, idx) VALUES (0, -1);

-- Runs of the stock rules over a month of settlements.
CREATE TABLE stock_run (
    run_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_key text NOT NULL,
    month date NOT NULL,
    requested_by text NOT NULL,
    reason text NOT NULL,
    ran_at timestamptz NOT NULL,
    providers int NOT NULL,
    bills int NOT NULL,
    found int NOT NULL,
    appeared int NOT NULL,
    gone int NOT NULL,
    CONSTRAINT stock_run_once_per_key UNIQUE (request_key)
);
