-- Who works at the station and what they may do; what people add to what was measured: approvals, notes, checks.

ALTER TABLE operator RENAME COLUMN badge TO name;   -- how a person is known in the plant: a staff number, initials
ALTER TABLE operator ADD COLUMN badge TEXT;         -- Argon2id of the badge's code with the station's salt: it can be looked up
ALTER TABLE operator ADD COLUMN pin TEXT;           -- Argon2id with a salt of its own
ALTER TABLE operator ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operator ADD COLUMN locked_until TEXT;
ALTER TABLE operator ADD COLUMN retired TEXT;
CREATE UNIQUE INDEX operator_badge ON operator (badge) WHERE badge IS NOT NULL;

-- A recipe's text is good for production once a second person has said so.
CREATE TABLE approval (
  id INTEGER PRIMARY KEY,
  recipe TEXT NOT NULL REFERENCES recipe (hash),
  author INTEGER NOT NULL REFERENCES operator (id),
  approver INTEGER NOT NULL REFERENCES operator (id),
  reason TEXT NOT NULL,
  utc TEXT NOT NULL,
  statement TEXT NOT NULL,         -- canonical JSON of the above, as it was signed
  signature TEXT NOT NULL,         -- Ed25519, by the station's key
  CHECK (author <> approver)
) STRICT;
CREATE INDEX approval_recipe ON approval (recipe);

CREATE TABLE note (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id),
  operator INTEGER REFERENCES operator (id),
  utc TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX note_run ON note (run, id);

-- At the start of a shift: instruments, calibrations, release, golden pack.
CREATE TABLE setup_check (
  id INTEGER PRIMARY KEY,
  bench TEXT NOT NULL,
  operator INTEGER REFERENCES operator (id),
  utc TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('PASS', 'FAIL')),
  body TEXT NOT NULL               -- JSON: every line with its verdict and words
) STRICT;
CREATE INDEX setup_check_bench ON setup_check (bench, id);

-- A calibration that a technician has entered counts above the bench file's, if it is newer.
ALTER TABLE calibration ADD COLUMN entered_by INTEGER REFERENCES operator (id);

CREATE INDEX unit_serial ON unit (serial);
CREATE INDEX run_verdict ON run (verdict, id);
CREATE INDEX run_started ON run (started);

CREATE TRIGGER approval_immutable BEFORE UPDATE ON approval BEGIN SELECT RAISE (ABORT, 'approvals are immutable: approve anew'); END;
CREATE TRIGGER approval_kept BEFORE DELETE ON approval BEGIN SELECT RAISE (ABORT, 'approvals are immutable: approve anew'); END;
CREATE TRIGGER note_immutable BEFORE UPDATE ON note BEGIN SELECT RAISE (ABORT, 'notes are immutable: add another'); END;
CREATE TRIGGER note_kept BEFORE DELETE ON note BEGIN SELECT RAISE (ABORT, 'notes are immutable: add another'); END;
CREATE TRIGGER setup_check_immutable BEFORE UPDATE ON setup_check BEGIN SELECT RAISE (ABORT, 'checks are immutable: check anew'); END;
CREATE TRIGGER setup_check_kept BEFORE DELETE ON setup_check BEGIN SELECT RAISE (ABORT, 'checks are immutable: check anew'); END;
