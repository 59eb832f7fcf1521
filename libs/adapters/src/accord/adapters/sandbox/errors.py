"""What goes wrong at the provider itself.

::

    SandboxError
    ├── UnknownCheckout     no session of this id
    ├── CheckoutDiffers     the payment id is known with another amount or currency
    └── AlreadyPaid         the customer paid this session before
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
