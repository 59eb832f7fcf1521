"""The barrier over single database drivers."""
