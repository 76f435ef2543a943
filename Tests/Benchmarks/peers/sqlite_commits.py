"""Commits one row after the other, each durable by itself, and prints how many a second: sqlite_commits.py DATABASE SECONDS."""

import sqlite3
import sys
import time

database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = FULL")
database.execute("CREATE TABLE IF NOT EXISTS task (id INTEGER PRIMARY KEY, value BLOB NOT NULL)")
# About as large as a task.
value = b"x" * 800
seconds = float(sys.argv[2])
start = time.monotonic()
commits = 0
while time.monotonic() - start < seconds:
    database.execute("INSERT INTO task (value) VALUES (?)", (value,))
    commits += 1
print(commits / (time.monotonic() - start))
