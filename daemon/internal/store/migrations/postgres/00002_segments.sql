-- +goose Up

-- What the journal keeps of a live run's rows, many rows a segment: those that were planned, with their before-images,
-- and Salesforce's answers to them. Goes when the run has an artifact.
CREATE TABLE segments (
  number    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- in the order in which they were stored
  run       BIGINT NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  attempt   BIGINT NOT NULL, -- that stored it
  batch     BIGINT, -- null for answers that belong to no batch
  kind      TEXT   NOT NULL CHECK (kind IN ('plan', 'answer')),
  row_count BIGINT NOT NULL,
  first_row BIGINT NOT NULL, -- lowest row number in it
  last_row  BIGINT NOT NULL, -- highest row number in it
  data      BYTEA  NOT NULL, -- outcomes, packed
  FOREIGN KEY (run, batch) REFERENCES batches (run, seq)
);
ALTER TABLE segments ALTER COLUMN data SET STORAGE EXTERNAL; -- to be compressed again in vain costs time
CREATE INDEX segments_run ON segments (run, number);

-- Runs that were deleted and whose artifacts are still to be.
CREATE TABLE pruned_runs (
  id        TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
  pruned_at BIGINT NOT NULL
);

ALTER TABLE runs ADD COLUMN ignore_guards BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE runs ADD COLUMN bytes_sent BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN bytes_received BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN earlier_sent BIGINT NOT NULL DEFAULT 0; -- bytes_sent of the attempts before this one
ALTER TABLE runs ADD COLUMN earlier_received BIGINT NOT NULL DEFAULT 0; -- bytes_received of the attempts before this one
ALTER TABLE runs ADD COLUMN facts TEXT; -- JSON
ALTER TABLE runs ADD COLUMN artifact TEXT; -- JSON
ALTER TABLE runs ADD COLUMN wake_at BIGINT; -- of a queued run: not to be claimed before
CREATE INDEX runs_connection ON runs (connection_id, COALESCE(started_at, queued_at));

-- +goose Down
DROP INDEX runs_connection;
ALTER TABLE runs DROP COLUMN wake_at;
ALTER TABLE runs DROP COLUMN artifact;
ALTER TABLE runs DROP COLUMN facts;
ALTER TABLE runs DROP COLUMN earlier_received;
ALTER TABLE runs DROP COLUMN earlier_sent;
ALTER TABLE runs DROP COLUMN bytes_received;
ALTER TABLE runs DROP COLUMN bytes_sent;
ALTER TABLE runs DROP COLUMN ignore_guards;
DROP TABLE pruned_runs;
DROP TABLE segments;
