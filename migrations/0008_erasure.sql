-- What was erased, so that it stays out; and how far each erasure has come.
create table erasures (
  id text primary key not null,
  app text not null,
  kind text not null,
  subject text not null,
  at_ms integer not null,
  from_ms integer not null,
  state text not null,
  done_at_ms integer
) without rowid;

create table erased (
  exchange_id text primary key not null,
  erasure text not null
) without rowid;

-- How far bodies and rows have been let go by their age, as ids of exchanges.
create table retention (
  app text primary key not null,
  bodies_to text not null,
  rows_to text not null
) without rowid;
