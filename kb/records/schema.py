"""What the record store looks like: one table to which rows are only ever added."""

from __future__ import annotations

SCHEMA = 1  # user_version of a store this kb writes; a higher one is read, not written
APPLICATION = 0x6B627264  # application_id "kbrd": tells our file from a stranger's
FILE = "records.db"
JOURNAL, BACKUPS = "journal.jsonl", "backups"  # in the other folder

# `run` is the run named in the body, once more, to be found by: SQLite's JSON functions cannot be
# had in a schema that is not trusted.
EVENTS = """
create table events (
  id text primary key not null,
  v integer not null,
  machine text not null,
  seq integer not null,
  lamport integer not null,
  at text not null,
  actor text not null,
  kind text not null,
  subject text not null,
  target text not null,
  fingerprint text not null,
  body text not null,
  sha256 text not null,
  run text not null
) strict
"""

# Who has done which item at which wording is one pass over `events_ticked` alone: all it asks for
# is in the index, so that 200,000 events cost a progress table no more than reading that.
INDEXES = (
    "create index events_in_order on events (lamport, id)",
    "create index events_by_machine on events (machine, seq)",
    "create index events_by_kind on events (kind, actor, subject, target)",
    "create index events_by_run on events (run) where run <> ''",
    "create index events_ticked on events (actor, subject, fingerprint, run, at, id)"
    " where kind = 'tick'",
)

# The third one is for REPLACE, which deletes without asking a delete trigger.
TRIGGERS = (
    "create trigger events_never_change before update on events"
    " begin select raise(abort, 'events are never changed'); end",
    "create trigger events_never_go before delete on events"
    " begin select raise(abort, 'events are never deleted'); end",
    "create trigger events_never_come_twice before insert on events"
    " when exists (select 1 from events where id = new.id)"
    " begin select raise(abort, 'this event is already here'); end",
)

FIRST = (EVENTS, *INDEXES, *TRIGGERS)
