-- A pair of two answers is a row of the one that is chosen; what is said of the other one can take it back, too.
alter table examples add column rejected_id text;
