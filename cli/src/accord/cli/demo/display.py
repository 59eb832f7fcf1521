"""The demo's live progress and its table of outcomes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from accord.cli.output import console


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one scenario."""

    title: str
    expected: str
    seen: str

    @property
    def right(self) -> bool:
        """Whether it is what must come of it."""
        return self.seen == self.expected


class Board:
    """One line for each thing under way."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def begin(self, title: str) -> None:
        """Show it as under way."""
        self._tasks[title] = self._progress.add_task(title, total=1, state="…")

    def end(self, title: str, state: str, *, right: bool = True) -> None:
        """Show how it ended."""
        colour = "green" if right else "red"
        self._progress.update(self._tasks[title], completed=1, state=f"[{colour}]{state}[/]")


@contextmanager
def board() -> Iterator[Board]:
    """Show a board while something is under way; where no terminal is, its last state is printed once."""
    columns = (
        SpinnerColumn(finished_text="•"),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[state]}"),
    )
    with Progress(*columns, console=console) as progress:
        yield Board(progress)


def show(outcomes: list[Outcome]) -> None:
    """Print the table of outcomes."""
    table = Table("order", "must end as", "ended as", title="outcomes", title_justify="left")
    for outcome in outcomes:
        table.add_row(outcome.title, outcome.expected, outcome.seen if outcome.right else f"[red]{outcome.seen}[/]")
    console.print(table)
