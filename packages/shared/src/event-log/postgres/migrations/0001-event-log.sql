CREATE SCHEMA event_log;

CREATE TABLE event_log.topics (
  name text PRIMARY KEY,
  retention_ms bigint NOT NULL
);

-- The row of a partition is locked while records are appended to it, so the order of offsets is the order of commits.
-- It is rewritten by every append: the free space lets that happen within the page.
CREATE TABLE event_log.partitions (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic text NOT NULL REFERENCES event_log.topics,
  number integer NOT NULL,
  next_offset bigint NOT NULL DEFAULT 0,
  UNIQUE (topic, number)
) WITH (fillfactor = 20);

CREATE TABLE event_log.records (
  partition_id integer NOT NULL,
  record_offset bigint NOT NULL,
  key text NOT NULL,
  value bytea NOT NULL,
  headers json NOT NULL,
  appended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (partition_id, record_offset)
);

-- The row of a group is locked while one of its members claims partitions.
CREATE TABLE event_log.groups (
  name text PRIMARY KEY,
  seen_at timestamptz NOT NULL
);

CREATE TABLE event_log.members (
  id uuid PRIMARY KEY,
  group_name text NOT NULL REFERENCES event_log.groups,
  topics text[] NOT NULL,
  heartbeat_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  -- The connection on which the member listens: when it is gone, so is the member.
  session_pid integer,
  session_started timestamptz
);

CREATE INDEX members_by_group ON event_log.members (group_name);

-- Which member reads a partition for a group, and how far the group has come. The epoch grows with each claim; a commit names the
-- epoch of its claim.
CREATE TABLE event_log.claims (
  group_name text NOT NULL REFERENCES event_log.groups,
  partition_id integer NOT NULL REFERENCES event_log.partitions,
  epoch bigint NOT NULL DEFAULT 0,
  member uuid,
  next_offset bigint,
  PRIMARY KEY (group_name, partition_id)
) WITH (fillfactor = 20);

CREATE INDEX claims_by_partition ON event_log.claims (partition_id);
