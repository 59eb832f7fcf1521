"""The data folder belongs to one running system at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accord.cli.errors import WrongUsage


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Make the folder and hold it, else raise WrongUsage. The kernel lets go for a holder that was killed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        claim = (folder / "claim").open("w")
    except OSError as failure:
        raise WrongUsage(f"the data folder {folder} cannot be used: {failure}; give another with --data") from None
    with claim:
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WrongUsage(f"another accord runs on {folder}; stop it, or give another folder with --data") from None
        yield


def emptied(folder: Path) -> None:
    """Remove what an earlier run left in it: databases and logs, nothing else."""
    for pattern in ("*.db", "*.db-*", "*.log"):
        for path in folder.glob(pattern):
            path.unlink()
