"""Database servers of their own for a test: Redis, MariaDB and PostgreSQL as processes, on loopback."""
