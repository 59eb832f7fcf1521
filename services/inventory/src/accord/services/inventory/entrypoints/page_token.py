"""A place in the list of items as an opaque text."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from accord.services.inventory.entrypoints.errors import InvalidPageToken


def write(behind: str) -> str:
    """Return the token of the page that starts behind this sku; empty for none."""
    return urlsafe_b64encode(behind.encode()).decode()


def read(token: str) -> str:
    """Return what `write` was given; raise InvalidPageToken for another text."""
    try:
        behind = urlsafe_b64decode(token.encode()).decode()
    except ValueError as error:
        raise InvalidPageToken from error
    # The decoder leaves out what it does not know, so only the way back tells.
    if write(behind) != token:
        raise InvalidPageToken
    return behind
