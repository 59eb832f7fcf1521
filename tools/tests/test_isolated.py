"""Running a command in a network namespace, where that is permitted."""

import subprocess
from collections.abc import Callable

Programs = Callable[[str, str], None]
Run = Callable[..., subprocess.CompletedProcess[str]]
_COMMAND = ("/bin/sh", "-c", "echo ran in $NAMESPACE; exit 3")


def test_the_command_runs_in_a_namespace_with_a_loopback(run: Run, programs: Programs) -> None:
    programs("sh", 'exec /bin/sh "$@"')
    programs("true", "exit 0")
    programs("ip", "exit 0")
    programs("unshare", 'shift 2; NAMESPACE=own exec "$@"')
    ran = run("isolated.py", *_COMMAND)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("ran in own\n", "", 3)


def test_where_it_is_not_permitted_the_command_runs_plainly_and_says_so(run: Run, programs: Programs) -> None:
    programs("ip", "exit 0")
    programs("unshare", 'echo "unshare failed: Operation not permitted" >&2; exit 1')
    ran = run("isolated.py", *_COMMAND)
    assert (ran.stdout, ran.returncode) == ("ran in\n", 3)
    assert ran.stderr.startswith("not isolated (unshare failed: Operation not permitted)")


def test_where_the_programs_are_missing_the_command_runs_plainly(run: Run) -> None:
    ran = run("isolated.py", *_COMMAND)
    assert (ran.stdout, ran.returncode) == ("ran in\n", 3)
    assert "no `unshare` here" in ran.stderr
