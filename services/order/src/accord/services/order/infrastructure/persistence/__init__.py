"""Rows of the order service, in plain SQL over one open transaction."""
