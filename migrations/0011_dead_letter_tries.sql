-- How often the sweep has tried to take a dead letter in again.
alter table dead_letters add column tries integer not null default 0;
