-- What links the calls of a conversation, where the app names none.
alter table exchanges add column turn text;
alter table exchanges add column follows text;
