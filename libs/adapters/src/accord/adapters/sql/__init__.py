"""Schemas, their migrations, and what columns hold; nothing that a request runs loads SQLAlchemy."""
