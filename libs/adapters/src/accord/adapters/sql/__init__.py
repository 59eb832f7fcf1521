"""Schemas and their migrations; nothing here takes part in a request."""
