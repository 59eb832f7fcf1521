"""Run a command in a network namespace of its own where that is permitted, and plainly where it is not.

DTM listens on every interface and has no option against it; in a namespace of its own, whose only interface is a
loopback, nobody else can reach it and no port is taken. Usage: isolated.py COMMAND [ARGUMENT …]
"""

import os
import shutil
import subprocess
import sys

# The loopback of a new namespace is down; the command runs as the same process, so signals reach it.
ENTER = ["unshare", "--net", "--", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]


def obstacle() -> str | None:
    """Return why there can be no namespace here, in the system's words; None if there can."""
    if missing := [name for name in ("unshare", "ip") if shutil.which(name) is None]:
        return f"no `{missing[0]}` here"
    trial = subprocess.run([*ENTER, "true"], capture_output=True, text=True, check=False)
    return trial.stderr.strip() or "refused" if trial.returncode else None


def main() -> None:
    command = sys.argv[1:]
    if not command:
        sys.exit(__doc__)
    if why := obstacle():
        print(f"not isolated ({why}): servers of these tests may listen on every interface", file=sys.stderr)
    else:
        command = ENTER + command
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
