-- WITHOUT ROWID: a row of a table that has only its primary key costs one row written; with a rowid it costs two.
create table exchanges (
  id text primary key not null,
  app text not null,
  task text not null,
  template text,
  prompt text,
  conversation text,
  answer text,
  user text,
  session text,
  parent text,
  request_id text,
  response_id text,
  provider text not null,
  format text not null,
  model text,
  capture text not null,
  status integer not null,
  outcome text not null,
  streamed integer not null,
  finish_reason text,
  input_tokens integer,
  output_tokens integer,
  cached_input_tokens integer,
  reasoning_tokens integer,
  usage_estimated integer not null,
  cost_usd_micros real,
  first_byte_ms integer not null,
  duration_ms integer not null,
  flags text not null,
  segment text not null,
  segment_offset integer not null,
  segment_length integer not null
) without rowid;

create table feedback (
  exchange_id text not null,
  kind text not null,
  name text not null,
  actor text not null,
  app text not null,
  value text,
  text text,
  at_ms integer not null,
  event_id text not null,
  primary key (exchange_id, kind, name, actor, app)
) without rowid;

create table feedback_waiting (
  event_id text primary key not null,
  app text not null,
  event text not null
) without rowid;

create table runs (
  id text primary key not null,
  status text not null,
  started_by text not null,
  app text,
  from_ms integer not null,
  to_ms integer not null,
  created_at_ms integer not null,
  funnel text,
  error text
) without rowid;

create table batches (
  seq integer primary key autoincrement,
  id text not null unique,
  run text not null,
  app text not null,
  task text,
  status text not null,
  created_at_ms integer not null,
  counts text not null,
  sha256 text not null
);

create table exported (
  app text not null,
  hash text not null,
  exchange_id text not null,
  batch text not null,
  primary key (app, hash)
) without rowid;

create table losses (
  hour_ms integer not null,
  reason text not null,
  count integer not null,
  primary key (hour_ms, reason)
) without rowid;

create table dead_letters (
  key text primary key not null,
  at_ms integer not null,
  bytes integer not null
) without rowid;
