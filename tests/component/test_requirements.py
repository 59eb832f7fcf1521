"""The manifest of requirements and the tests that prove them name each other, and nothing else."""

import ast
import tomllib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MARK = "pytest.mark.requirement"
STANDARDS = {"DTM protocol", "gRPC health protocol", "Standard Webhooks"}


@pytest.fixture(scope="module")
def manifest() -> dict[str, dict[str, str]]:
    return tomllib.loads((ROOT / "tests/requirements.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def named() -> set[str]:
    """The ids that tests of this workspace name."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    folders = settings["tool"]["pytest"]["ini_options"]["testpaths"]
    files = [file for folder in folders for file in (ROOT / folder).rglob("test_*.py") if file != Path(__file__)]
    sources = [source for file in files if ".requirement" in (source := file.read_text("utf-8"))]
    return {identifier for source in sources for identifier in ids_named_in(source)}


def ids_named_in(source: str) -> list[str]:
    """Return the ids of the marks on tests and on whole modules; elsewhere, or without an id, a mark says nothing."""
    tree = ast.parse(source)
    calls = list(calls_on_tests(tree))
    every = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and is_mark(node)]
    useless = [node.lineno for node in every if node not in [call.func for call in calls if call.args]]
    assert not useless, f"a mark that names no requirement of a test, in line {useless}"
    return [ast.literal_eval(argument) for call in calls for argument in call.args]


def calls_on_tests(tree: ast.Module) -> Iterator[ast.Call]:
    for node in tree.body:
        marks: list[ast.expr] = []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            marks = node.decorator_list
        elif isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["pytestmark"]:
            marks = node.value.elts if isinstance(node.value, ast.List) else [node.value]
        yield from (mark for mark in marks if isinstance(mark, ast.Call) and is_mark(mark.func))


def is_mark(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "requirement" and ast.unparse(node) == MARK


def faults(ids: Iterable[str], named: set[str]) -> list[str]:
    ids = list(ids)
    unproved = [f"{one}: no test names it" for one in ids if one not in named]
    unknown = [f"{one}: a test names it, and the manifest does not know it" for one in sorted(named - set(ids))]
    unsorted = [f"{after}: stands after {before}" for before, after in pairwise(ids) if after < before]
    return unproved + unknown + unsorted


def test_every_requirement_is_named_by_a_test_and_every_named_one_is_in_the_manifest(
    manifest: dict[str, dict[str, str]], named: set[str]
) -> None:
    assert len(manifest) > 0
    assert faults(manifest, named) == []


def test_every_requirement_is_one_sentence_with_a_source_that_exists(manifest: dict[str, dict[str, str]]) -> None:
    decisions = {f"ADR {int(page.name[:4])}" for page in (ROOT / "docs/adr").glob("[0-9]*.md")}
    for identifier, requirement in manifest.items():
        assert requirement.keys() == {"source", "text"}, identifier
        assert requirement["source"] in STANDARDS | decisions, identifier
        text = requirement["text"]
        assert (text.count("."), text[-1]) == (1, "."), identifier


@pytest.mark.parametrize(
    ("ids", "named", "fault"),
    [
        (["a.b", "a.c"], {"a.b"}, "a.c: no test names it"),
        (["a.b"], {"a.b", "a.c"}, "a.c: a test names it, and the manifest does not know it"),
        (["a.c", "a.b"], {"a.b", "a.c"}, "a.b: stands after a.c"),
    ],
)
def test_each_fault_is_told(ids: list[str], named: set[str], fault: str) -> None:
    assert faults(ids, named) == [fault]
    assert faults(sorted(named), named) == []


def test_an_id_stands_once_in_the_manifest() -> None:
    with pytest.raises(tomllib.TOMLDecodeError, match="overwrite"):
        tomllib.loads('"a.b" = { text = "A." }\n"a.b" = { text = "B." }\n')


def test_marks_are_found_on_tests_and_on_modules() -> None:
    source = """
pytestmark = [pytest.mark.asyncio, pytest.mark.requirement("a.module")]

# pytest.mark.requirement("a.comment")
@pytest.mark.requirement("a.one", "a.two")
@pytest.mark.parametrize("n", [1])
async def test_it(n): "pytest.mark.requirement('a.text')"

@pytest.mark.requirement("a.three")
def test_that(): ...
"""
    assert ids_named_in(source) == ["a.module", "a.one", "a.two", "a.three"]


@pytest.mark.parametrize(
    "source",
    [
        '@pytest.mark.requirement("a.b")\ndef helper(): ...',
        "@pytest.mark.requirement\ndef test_it(): ...",
        "@pytest.mark.requirement()\ndef test_it(): ...",
        'def test_it():\n    def test_inner(): pytest.mark.requirement("a.b")',
    ],
)
def test_a_mark_that_proves_nothing_is_an_error(source: str) -> None:
    with pytest.raises(AssertionError, match="names no requirement of a test"):
        ids_named_in(source)
