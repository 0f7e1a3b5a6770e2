-- How settlement says that pools stood at a month's end, money in fen; read again while the month may change.
CREATE TABLE fund_position (
    -- '': the whole city.
    county text COLLATE "C" NOT NULL,
    pool text NOT NULL,
    month int NOT NULL,
    -- Of the early warning; '': sound.
    level text NOT NULL,
    revenue_fen bigint NOT NULL,
    expenditure_fen bigint NOT NULL,
    year_revenue_fen bigint NOT NULL,
    year_expenditure_fen bigint NOT NULL,
    held_fen bigint NOT NULL,
    -- Expenditure of a mean month of the last twelve.
    mean_fen bigint NOT NULL,
    forecast_revenue_fen bigint NOT NULL,
    forecast_expenditure_fen bigint NOT NULL,
    forecast_held_fen bigint NOT NULL,
    -- Approved ones; 0: none.
    budget_revenue_fen bigint NOT NULL,
    budget_expenditure_fen bigint NOT NULL,
    read_at timestamptz NOT NULL,
    PRIMARY KEY (month, county, pool)
);
