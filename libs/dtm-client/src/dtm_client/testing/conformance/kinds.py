"""The kinds of server that scenarios tell apart."""

from enum import StrEnum


class Kind(StrEnum):
    """What is under test: DTM answers otherwise on another store."""

    BOLTDB = "DTM on boltdb"
    REDIS = "DTM on redis"
    MYSQL = "DTM on mysql"
    POSTGRES = "DTM on postgres"
    EMBEDDED = "embedded coordinator"


# By DTM's own name of the store.
DTM_ON = {"boltdb": Kind.BOLTDB, "redis": Kind.REDIS, "mysql": Kind.MYSQL, "postgres": Kind.POSTGRES}

DTM = frozenset(DTM_ON.values())
SQL = frozenset({Kind.MYSQL, Kind.POSTGRES})
EMBEDDED = frozenset({Kind.EMBEDDED})
