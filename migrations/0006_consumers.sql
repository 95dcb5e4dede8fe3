-- How far each consumer of an app's batches has come.
create table consumers (
  app text not null,
  consumer text not null,
  task text not null,
  seq integer not null,
  batch text not null,
  updated_at_ms integer not null,
  primary key (app, consumer, task)
) without rowid;
