-- What a user says of the answer that a call goes on from.
alter table exchanges add column next text;
