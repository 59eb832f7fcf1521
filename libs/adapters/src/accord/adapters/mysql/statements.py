"""SQL as repositories write it, once for every database, and what MariaDB is sent.

Side by side, all that differs:

=================================================  =====================================================
written                                            sent
=================================================  =====================================================
``?``                                              ``%s``, the driver's placeholder
``%``                                              ``%%``, which the driver sends as ``%``
``insert … on conflict (columns) do nothing``      ``insert …``, and a duplicate (1062) counts as 0 rows
``a || b``, ``"name"``                             the same: the session's sql_mode lets them mean the same
=================================================  =====================================================

An ``insert ignore`` would also cut values that are too long and take null for 0. ``on duplicate key update`` cannot be
told from an insert: both affect one row, as connections count the rows that an UPDATE finds (measured, MariaDB 10.11).
A duplicate undoes its statement alone and leaves a shared lock on the row, like ``insert ignore``; the columns are not
looked at, any unique key counts. An upsert has no common form: write the insert, then an update, whose assignments
MariaDB makes from left to right.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_CACHED = 512
_SKIPS_DUPLICATES = re.compile(r"\s+on\s+conflict\s*(\([^)]*\)\s*)?do\s+nothing\s*$", re.IGNORECASE)
# Quoted text and comments are kept as they are, but for the percent sign, which the driver reads everywhere.
_PARTS = re.compile(r"'(?:[^'\\]|''|\\.)*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|--[^\n]*|/\*.*?\*/|\?|%", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Statement:
    """What is sent, and whether a row that is there already is no error."""

    text: str
    skips_duplicates: bool


@lru_cache(maxsize=_CACHED)
def translate(sql: str) -> Statement:
    """Return what MariaDB is sent for a statement of a repository."""
    insert, skips_duplicates = _SKIPS_DUPLICATES.subn("", sql)
    text = _PARTS.sub(lambda part: "%s" if part[0] == "?" else part[0].replace("%", "%%"), insert)
    return Statement(text, skips_duplicates=bool(skips_duplicates))
