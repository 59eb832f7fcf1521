"""What MariaDB is sent for the SQL of a repository."""

import pytest

from accord.adapters.mysql.statements import translate


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("select ? from a where b = ?", "select %s from a where b = %s"),
        ("select '?' from a where b like '%?' and c = ?", "select '?' from a where b like '%%?' and c = %s"),
        ("select 'it''s ?', ?", "select 'it''s ?', %s"),
        (r"select 'a\'?', ?", r"select 'a\'?', %s"),
        ('select "odd?name" from a', 'select "odd?name" from a'),
        ("select a % ? from b", "select a %% %s from b"),
        ("select 1 -- why?\n, ?", "select 1 -- why?\n, %s"),
        ("select 1 /* ? */, ?", "select 1 /* ? */, %s"),
    ],
)
def test_only_marks_outside_of_texts_are_placeholders(written: str, sent: str) -> None:
    assert translate(written).text == sent
    assert not translate(written).skips_duplicates


@pytest.mark.parametrize(
    "ending", ["on conflict do nothing", "on conflict (a) do nothing", " ON CONFLICT (a, b)\n  DO NOTHING \n"]
)
def test_an_insert_that_may_find_its_row_is_a_plain_insert(ending: str) -> None:
    statement = translate(f"insert into a values (?, ?) {ending}")
    assert statement.text == "insert into a values (%s, %s)"
    assert statement.skips_duplicates


def test_a_text_that_only_speaks_of_it_is_left_alone() -> None:
    statement = translate("select 'on conflict do nothing'")
    assert statement.text == "select 'on conflict do nothing'"
    assert not statement.skips_duplicates
