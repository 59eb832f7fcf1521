"""How tools are obtained, with a Go that only writes down what it is asked."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Programs = Callable[[str, str], None]
Run = Callable[..., subprocess.CompletedProcess[str]]
_BUILDS = """
case "$1" in
  env) echo go1.99 ;;
  build) echo "$GOFLAGS|$*" >> {log}; echo binary > "$5" ;;
  list) echo {log}.module ;;
esac
"""
# The commands of apt-get that were run; it installs a program, unless its lists are missing.
_APT = """
echo "$*" >> {log}
case "$1" in
  update) touch {log}.lists ;;
  install) [ -e {log}.lists ] || {{ echo "E: Unable to locate package" >&2; exit 100; }}
    printf '#!/bin/sh\n' > {programs}/redis-server; chmod +x {programs}/redis-server ;;
esac
"""
_DATABASES = ("mariadbd", "mariadb-install-db", "mariadb", "redis-server", "postgres", "initdb", "psql")


@pytest.fixture
def log(tmp_path: Path, programs: Programs) -> Path:
    log = tmp_path / "log"
    (tmp_path / "log.module/sqls").mkdir(parents=True)
    for database in ("mysql", "postgres"):
        (tmp_path / f"log.module/sqls/dtmsvr.storage.{database}.sql").write_text("create", "utf-8")
    programs("go", _BUILDS.format(log=log))
    return log


@pytest.fixture
def apt_log(tmp_path: Path, programs: Programs) -> Path:
    log = tmp_path / "apt"
    for name in ("touch", "chmod"):
        programs(name, f'exec /bin/{name} "$@"')
    programs("apt-get", _APT.format(log=log, programs=tmp_path / "programs"))
    return log


def test_a_tool_is_built_from_its_pins_and_only_once(tmp_path: Path, run: Run, log: Path) -> None:
    assert "dtm: built in" in run("build.py", "dtm").stdout
    assert (tmp_path / "bin/dtm").read_text("utf-8") == "binary\n"
    assert "dtm: up to date" in run("build.py", "dtm").stdout
    [build] = log.read_text("utf-8").splitlines()
    assert "-mod=readonly" in build
    assert build.endswith("github.com/dtm-labs/dtm")


def test_all_tools_are_obtained_when_none_is_named(tmp_path: Path, run: Run, log: Path, programs: Programs) -> None:
    for name in _DATABASES:
        programs(name, "exit 0")
    assert run("build.py").returncode == 0
    assert {one.name for one in (tmp_path / "bin").glob("[a-z]*")} == {"dtm", "grpcurl", "grpc_health_probe", "sqls"}


def test_the_tables_of_a_server_come_with_it_and_are_missed_when_they_are_gone(
    tmp_path: Path, run: Run, log: Path
) -> None:
    run("build.py", "dtm")
    tables = tmp_path / "bin/sqls/dtmsvr.storage.mysql.sql"
    assert tables.read_text("utf-8") == "create"
    tables.unlink()
    assert "dtm: built in" in run("build.py", "dtm").stdout
    assert tables.exists()


def test_a_database_server_is_installed_with_fresh_lists_and_only_once(run: Run, apt_log: Path) -> None:
    assert run("build.py", "redis").returncode == 0
    install = "install -y --no-install-recommends redis-server"
    assert apt_log.read_text("utf-8").splitlines() == [install, "update", install]
    assert "redis: up to date" in run("build.py", "redis").stdout
    assert len(apt_log.read_text("utf-8").splitlines()) == 3


@pytest.mark.parametrize(
    ("apt", "why"), [(None, ""), ("echo 'E: are you root?' >&2; exit 100", " (apt-get: E: are you root?)")]
)
def test_where_a_server_cannot_be_installed_one_line_says_what_is_missing(
    run: Run, log: Path, programs: Programs, apt: str | None, why: str
) -> None:
    if apt:
        programs("apt-get", apt)
    failed = run("build.py", "redis", "grpcurl")
    assert failed.returncode == 1
    assert failed.stderr == f"redis: no redis-server here; install Debian's redis-server, or have them on PATH{why}\n"
    assert "grpcurl: built in" in failed.stdout


def test_another_version_of_go_builds_again(run: Run, log: Path, programs: Programs) -> None:
    run("build.py", "dtm")
    programs("go", _BUILDS.format(log=log).replace("go1.99", "go2.0"))
    assert "dtm: built in" in run("build.py", "dtm").stdout


def test_a_binary_that_is_gone_is_built_again(tmp_path: Path, run: Run, log: Path) -> None:
    run("build.py", "dtm")
    (tmp_path / "bin/dtm").unlink()
    assert "dtm: built in" in run("build.py", "dtm").stdout


def test_a_failed_build_keeps_the_old_binary_and_counts_as_none(
    tmp_path: Path, run: Run, log: Path, programs: Programs
) -> None:
    run("build.py", "dtm")
    programs("go", '[ "$1" = env ] && echo go2.0')
    failed = run("build.py", "dtm")
    assert failed.returncode == 1
    assert "failed in tools/dtm" in failed.stderr
    assert (tmp_path / "bin/dtm").exists()
    programs("go", _BUILDS.format(log=log))
    assert "dtm: built in" in run("build.py", "dtm").stdout


def test_without_go_one_line_says_what_to_install(run: Run, programs: Programs) -> None:
    failed = run("build.py", "dtm")
    assert failed.returncode == 1
    assert failed.stderr.startswith("no Go toolchain found: install Go")
    assert failed.stderr.count("\n") == 1


def test_an_unknown_tool_is_refused_with_the_choices(run: Run) -> None:
    assert "no such tool: dtn; choose from dtm, grpcurl" in run("build.py", "dtn").stderr
