"""The demo: every kind of order on the embedded defaults, with faults, and an audit at the end."""
