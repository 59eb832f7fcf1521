"""The errors of this package.

::

    SchemaMismatch      the database's schema is not the one that this version of the service needs
"""


class SchemaMismatch(Exception):
    """Says what was found, what is needed, and which command to run."""
