-- Who changed what: one row an act, in the order of time (the id is a UUIDv7).
create table audit (
  id text primary key not null,
  app text not null,
  actor text not null,
  act text not null,
  target text not null,
  detail text not null
) without rowid;
