"""Every error that dtm-client raises.

::

    DtmError
    ├── InvalidTransaction          refused before anything was sent; names the field, the fault and the cure
    ├── TransactionRefused          the server answered that it will not do this, and nothing was changed
    ├── ServerUnavailable           the server could not be asked; what became of the call is not known
    ├── CannotServe                 the embedded coordinator cannot start: an address, or its store
    ├── ProtocolViolation           the server answered something that DTM never answers
    ├── BranchUnavailable           a try was not answered within the deadline; the transaction is undone
    ├── BranchFailed                a try answered neither yes nor no, and asking again will not help
    ├── NotABranchCall              a call to a branch service without the metadata of a branch call
    └── BranchError                 raised *by* a branch, to answer the transaction manager
        ├── BranchRefused           a business "no": the global transaction is to be undone
        └── BranchOngoing           not finished yet: ask again at the fixed interval

A transaction that ends undone is not an error: it is the outcome ``RolledBack`` (``dtm_client.values.outcome``).
"""


class DtmError(Exception):
    """The root of everything this package raises."""


class InvalidTransaction(DtmError):
    """Something about the transaction can never work, so nothing was sent.

    DTM itself stores such transactions and retries them for ever; hence the check on this side.
    """

    def __init__(self, field: str, fault: str, cure: str) -> None:
        super().__init__(f"{field}: {fault}; {cure}")
        self.field = field
        self.fault = fault
        self.cure = cure


class TransactionRefused(DtmError):
    """The server will not do what was asked in the state the transaction is in."""


class ServerUnavailable(DtmError):
    """No answer within the deadline, retries included."""


class ProtocolViolation(DtmError):
    """The answer is outside the protocol: another server, or another version, than DTM 1.19."""


class BranchUnavailable(DtmError):
    """A try was not answered within the deadline, retries included; what it did is cancelled with the transaction."""


class CannotServe(DtmError):
    """The embedded coordinator cannot start; one line says which address or store, and why."""


class BranchFailed(DtmError):
    """A try answered a status that is neither a yes, nor a no, nor worth a repeat: a defect on one of the two sides."""


class NotABranchCall(DtmError):
    """The call does not come from DTM, nor from a client that tries: nothing says which transaction it belongs to."""


class BranchError(DtmError):
    """What a branch raises to tell the transaction manager how it ended."""


class BranchRefused(BranchError):
    """A business "no". Only an action, a try and a query-prepared may say it: anything else is retried for ever."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BranchOngoing(BranchError):
    """The work goes on elsewhere; DTM asks again at the retry interval, without backoff."""
