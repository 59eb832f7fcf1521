"""The errors of this package.

::

    InvalidCommand      a command that its receiver's rules would not take; nothing was stored or sent

What a port may raise is in accord.ports.errors.
"""


class InvalidCommand(Exception):
    """Names the command and the rule: a receiver could only refuse it, or be sent it for ever."""
