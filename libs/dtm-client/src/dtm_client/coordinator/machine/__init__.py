"""The coordinator's decisions: pure functions from (transaction, event) to (transaction, effects). No clock, no I/O."""
