"""What goes wrong at the provider itself.

::

    SandboxError
    ├── UnknownCheckout     no session of this id
    ├── CheckoutDiffers     the payment id is known with another amount or currency
    ├── AlreadyPaid         the customer paid at this checkout before
    ├── UnknownRefund       nobody asked for a refund of this id
    └── RefundDiffers       the refund id is known for another receipt or sum
"""


class SandboxError(Exception):
    """The root; `code` is what the HTTP answer carries."""

    code = "SANDBOX_ERROR"
    status = 400


class UnknownCheckout(SandboxError):
    """The URL names no session."""

    code = "UNKNOWN_CHECKOUT"
    status = 404


class CheckoutDiffers(SandboxError):
    """A payment id is the key of one session; it cannot ask for another sum."""

    code = "CHECKOUT_DIFFERS"
    status = 409


class AlreadyPaid(SandboxError):
    """Money is taken once, unless the fault `charge_again` asks for a second receipt."""

    code = "ALREADY_PAID"
    status = 409


class UnknownRefund(SandboxError):
    """The URL names no refund."""

    code = "UNKNOWN_REFUND"
    status = 404


class RefundDiffers(SandboxError):
    """A refund id is the key of one refund."""

    code = "REFUND_DIFFERS"
    status = 409
