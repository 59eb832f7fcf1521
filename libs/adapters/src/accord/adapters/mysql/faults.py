"""What the error numbers of server and driver mean to a caller.

Numbers below 2000 and above 2999 are the server's (MariaDB, "MariaDB Error Codes"), those between are the client's.
"""

from asyncmy.errors import MySQLError

from accord.ports.errors import DependencyUnavailable

DUPLICATE = 1062
UNKNOWN_VARIABLE = 1193
# Said by the driver before it sends: nothing of the statement has left this process.
_NOT_SENT = {0, 2006}

# Deadlock; lock wait, which undoes its statement alone; a row that is newer than the snapshot it was read in.
_CONFLICT = {1213, 1205, 1020}
# The server is ending, or ended this connection, or the connection broke.
_LOST = _NOT_SENT | {1053, 1152, 1158, 1159, 1160, 1161, 1927, 2013, 2055, 4031}
# Full, read-only, broken, out of something, or not ours to use: nothing that a statement did wrong.
_UNAVAILABLE = {
    *(3, 1021, 1026, 1030, 1036, 1037, 1038, 1041, 1114, 1180, 1194, 1195, 1206),
    *(1290, 1836),
    *(1040, 1042, 1043, 1044, 1045, 1047, 1049, 1129, 1130, 1142, 1203, 1226, 1227, 1698, 1820),
    *(1317, 1969),
    *(2002, 2003, 2005, 2026, 2059),
}


def number(error: BaseException) -> int | None:
    """Return the error's number; None if it is not the database's, or has none."""
    if isinstance(error, MySQLError) and error.args and isinstance(error.args[0], int):
        return error.args[0]
    return None


def may_be_rerun(error: BaseException) -> bool:
    """Whether the same transaction may succeed a moment later, on another connection if need be."""
    return number(error) in _CONFLICT | _LOST


def was_not_sent(error: BaseException) -> bool:
    """Whether the driver refused to send, since the connection was known to be gone."""
    return number(error) in _NOT_SENT


def is_refusal(error: BaseException) -> bool:
    """Whether the server answered that it rolled back: a conflict, or a server that may not write any more."""
    return number(error) in _CONFLICT | {1290, 1836, 1047}


def leaves_the_stream_whole(error: BaseException) -> bool:
    """Whether the server's answer was read to its end, so that the next statement gets its own."""
    code = number(error)
    return not isinstance(error, MySQLError) or (code is not None and code not in _LOST)


def unavailable(error: BaseException, where: object) -> DependencyUnavailable | None:
    """Return the port's error for a database that cannot be used; None for a fault of the statement."""
    if number(error) not in _UNAVAILABLE | _CONFLICT | _LOST:
        return None
    return DependencyUnavailable("database", f"{where}: {error.args[-1]} ({number(error)})")
