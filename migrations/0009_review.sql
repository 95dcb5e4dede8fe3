-- What is most worth a reviewer's minute, whose it is just now, and what came of it.
create table review_items (
  app text not null,
  exchange_id text not null,
  task text not null,
  reason text not null,
  place integer not null,
  p_good real not null,
  session text not null,
  until_ms integer not null,
  skipped_by text not null,
  said text,
  reviewer text not null,
  said_at_ms integer not null,
  primary key (app, exchange_id)
) without rowid;

-- When each app's queue was made, and of what.
create table review_queues (
  app text primary key not null,
  source text not null,
  made_at_ms integer not null
) without rowid;
