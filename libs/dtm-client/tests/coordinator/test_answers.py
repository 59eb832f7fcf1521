import pytest

from dtm_client.coordinator.machine.answers import BranchAnswer, Meaning, meaning
from dtm_client.values.status import Mode, Operation

SAGA, TCC, MESSAGE = Mode.SAGA, Mode.TCC, Mode.MESSAGE


@pytest.mark.parametrize(
    ("mode", "operation", "expected"),
    [
        (SAGA, Operation.ACTION, Meaning.REFUSED),
        (MESSAGE, Operation.MESSAGE, Meaning.REFUSED),
        (MESSAGE, Operation.ACTION, Meaning.ERROR),
        (SAGA, Operation.COMPENSATE, Meaning.ERROR),
        (TCC, Operation.CONFIRM, Meaning.ERROR),
        (TCC, Operation.CANCEL, Meaning.ERROR),
    ],
)
def test_aborted_is_a_refusal_only_where_one_is_allowed(mode: Mode, operation: Operation, expected: Meaning) -> None:
    assert meaning(mode, operation, BranchAnswer("ABORTED", "no")) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (BranchAnswer("OK"), Meaning.SUCCEEDED),
        (BranchAnswer("FAILED_PRECONDITION", "later"), Meaning.ONGOING),
        (BranchAnswer("ABORTED", "ONGOING"), Meaning.ONGOING),
        (BranchAnswer("UNIMPLEMENTED"), Meaning.ERROR),
        (BranchAnswer("INVALID_ARGUMENT"), Meaning.ERROR),
        (BranchAnswer("DEADLINE_EXCEEDED"), Meaning.ERROR),
    ],
)
def test_other_codes_mean_the_same_everywhere(answer: BranchAnswer, expected: Meaning) -> None:
    assert meaning(SAGA, Operation.ACTION, answer) is expected
    assert meaning(TCC, Operation.CANCEL, answer) is expected
