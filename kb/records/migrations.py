"""How a store comes to have its present shape; the step that needs sqlite-utils' Migrations."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from kb.records.schema import APPLICATION, FIRST, SCHEMA

_migrations = Migrations("kb")


@_migrations()
def m0001_events(db: Database) -> None:
    """One insert-only table, its indexes and the triggers that keep it so."""
    for statement in FIRST:
        db.execute(statement)


def apply(connection: sqlite3.Connection) -> None:
    """Bring the store to SCHEMA. The caller has begun an immediate transaction and commits it.

    sqlite-utils' own transaction would begin deferred and be refused at once when several start
    together; inside ours it becomes a savepoint.
    """
    if not connection.in_transaction:
        raise RuntimeError("begin an immediate transaction first")
    db = Database(connection, execute_plugins=False)
    _migrations.apply(db)
    connection.execute(f"pragma application_id = {APPLICATION}")
    connection.execute(f"pragma user_version = {SCHEMA}")
