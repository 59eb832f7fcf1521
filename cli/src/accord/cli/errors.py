"""Every way in which a command ends without success, with its exit code.

::

    CommandError
    ├── Refused          1   a service said no, or the audit is red
    ├── WrongUsage       2   an argument cannot be meant
    ├── Unreachable      3   a service, the coordinator or the provider does not answer
    └── NotStarted       4   a process of `up` or `demo` did not come up
"""


class CommandError(Exception):
    """One clear line for the user, and the exit code of the command."""

    exit_code = 1


class Refused(CommandError):
    """The other side understood, and said no."""


class WrongUsage(CommandError):
    """An argument is malformed; the line says what is expected."""

    exit_code = 2


class Unreachable(CommandError):
    """Nobody answers at an address; the line says which, and how to change it."""

    exit_code = 3


class NotStarted(CommandError):
    """A child process ended before it was ready; the line has its last words."""

    exit_code = 4
