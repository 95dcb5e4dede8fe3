-- What people set and make: settings of apps, keys. The gateway reads both through an isolate's cache.
create table apps (
  app text primary key not null,
  settings text not null,
  updated_at_ms integer not null
) without rowid;

create table keys (
  id text primary key not null,
  app text not null,
  name text not null,
  scopes text not null,
  hash text not null,
  created_at_ms integer not null,
  ends_at_ms integer
) without rowid;

-- One row that grows with every change of the two above: a cache that has seen it reads nothing else.
create table settings_version (
  one integer primary key not null,
  version integer not null
) without rowid;

insert into settings_version (one, version) values (1, 1);

-- What was used, by UTC day and app: one write a batch of exchanges, not one an exchange.
create table spending (
  day text not null,
  app text not null,
  calls integer not null,
  input_tokens integer not null,
  output_tokens integer not null,
  cost_usd_micros real not null,
  primary key (day, app)
) without rowid;
