CREATE SCHEMA messaging;

-- Events whose cause is committed and that are not on the event log yet.
CREATE TABLE messaging.outbox (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text NOT NULL,
  event json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Events whose effects are committed.
CREATE TABLE messaging.processed_events (
  group_name text NOT NULL,
  source text NOT NULL,
  id text NOT NULL,
  processed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (group_name, source, id)
);

CREATE INDEX processed_events_by_age ON messaging.processed_events (processed_at);
