-- What is to leave for a partner: written in the same transaction as what it tells of. A gapless sequence a partner.
CREATE TABLE outbox (
  partner TEXT NOT NULL,
  seq INTEGER NOT NULL,
  run INTEGER REFERENCES run (id),
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  created TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'acknowledged', 'parked')),
  receipt TEXT,
  PRIMARY KEY (partner, seq)
) STRICT;
CREATE INDEX outbox_waiting ON outbox (partner, seq) WHERE state = 'waiting';

CREATE TABLE label (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id),
  utc TEXT NOT NULL,
  zpl TEXT NOT NULL,
  result TEXT NOT NULL             -- printed, or why it was not
) STRICT;

CREATE TABLE firmware_event (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id),
  utc TEXT NOT NULL,
  version TEXT NOT NULL,
  release TEXT NOT NULL            -- digest of the signed bundle
) STRICT;
