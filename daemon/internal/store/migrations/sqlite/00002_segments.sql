-- +goose Up

-- What the journal keeps of a live run's rows, many rows a segment: those that were planned, with their before-images,
-- and Salesforce's answers to them. Goes when the run has an artifact.
CREATE TABLE segments (
  number    INTEGER NOT NULL PRIMARY KEY, -- in the order in which they were stored
  run       INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  attempt   INTEGER NOT NULL, -- that stored it
  batch     INTEGER, -- null for answers that belong to no batch
  kind      TEXT    NOT NULL CHECK (kind IN ('plan', 'answer')),
  row_count INTEGER NOT NULL,
  first_row INTEGER NOT NULL, -- lowest row number in it
  last_row  INTEGER NOT NULL, -- highest row number in it
  data      BLOB    NOT NULL, -- outcomes, packed
  FOREIGN KEY (run, batch) REFERENCES batches (run, seq)
) STRICT;
CREATE INDEX segments_run ON segments (run, number);

-- Runs that were deleted and whose artifacts are still to be.
CREATE TABLE pruned_runs (
  id        TEXT    NOT NULL PRIMARY KEY,
  pruned_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE runs ADD COLUMN ignore_guards INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN bytes_sent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN bytes_received INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN earlier_sent INTEGER NOT NULL DEFAULT 0; -- bytes_sent of the attempts before this one
ALTER TABLE runs ADD COLUMN earlier_received INTEGER NOT NULL DEFAULT 0; -- bytes_received of the attempts before this one
ALTER TABLE runs ADD COLUMN facts TEXT; -- JSON
ALTER TABLE runs ADD COLUMN artifact TEXT; -- JSON
ALTER TABLE runs ADD COLUMN wake_at INTEGER; -- of a queued run: not to be claimed before
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
