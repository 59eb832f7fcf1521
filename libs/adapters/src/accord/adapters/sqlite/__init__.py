"""The standard library's sqlite3 on the event loop: a transaction takes microseconds, and a thread more."""
