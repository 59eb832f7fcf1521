"""What commands print: tables for people, JSON for scripts."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from rich.console import Console
from rich.table import Table

console = Console()
error_console = Console(stderr=True)


def print_json(value: Any) -> None:
    """Print a value, or the messages inside it, as JSON with the protos' own field names."""
    console.out(json.dumps(value, default=_plain, indent=2, ensure_ascii=False), highlight=False)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under their columns; says so when there are none."""
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    console.print(table if table.row_count else f"{title}: none")


def enum_word(message: Message, field: str) -> str:
    """Return an enum field's value without its prefix: `ORDER_STATUS_PAID` as `PAID`."""
    enum = message.DESCRIPTOR.fields_by_name[field].enum_type
    assert enum is not None
    name: str = enum.values_by_number[getattr(message, field)].name
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return name.removeprefix(prefix)


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return MessageToDict(value, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
    raise TypeError(f"{type(value).__name__} has no JSON form")
