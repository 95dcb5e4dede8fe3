-- Which rows of which batches an exchange has made, so that feedback that comes later can mend or retract them.
create table examples (
  app text not null,
  exchange_id text not null,
  file text not null,
  example_id text not null,
  version integer not null,
  task text not null,
  batch text not null,
  hash text not null,
  stratum text not null,
  inclusion_probability real not null,
  checked_at_ms integer not null,
  retracted_by text,
  primary key (app, exchange_id, file)
) without rowid;
