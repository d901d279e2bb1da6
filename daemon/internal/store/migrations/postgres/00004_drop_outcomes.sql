-- +goose Up
DROP TABLE outcomes;

-- +goose Down

-- Empty: what was packed goes with its segments, in the step before.
CREATE TABLE outcomes (
  run        BIGINT NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  row_number BIGINT NOT NULL,
  line       BIGINT NOT NULL,
  row_key    TEXT   NOT NULL,
  kind       TEXT   NOT NULL,
  record_id  TEXT   NOT NULL,
  code       TEXT   NOT NULL,
  message    TEXT   NOT NULL,
  changes    TEXT   NOT NULL, -- JSON, empty for none
  batch      BIGINT, -- of rows that are written
  PRIMARY KEY (run, row_number),
  FOREIGN KEY (run, batch) REFERENCES batches (run, seq)
);
CREATE INDEX outcomes_kind ON outcomes (run, kind, row_number);
CREATE INDEX outcomes_batch ON outcomes (run, batch, row_number) WHERE batch IS NOT NULL;
