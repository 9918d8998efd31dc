"""What must never be lost: events, people, journal, backups."""
