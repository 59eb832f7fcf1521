"""What can never work is refused before it is sent: DTM stores it all the same, and retries it for ever."""

import json
from collections.abc import Mapping

from dtm_client.errors import InvalidTransaction
from dtm_client.protocol.headers import check_headers
from dtm_client.protocol.messages import message_custom_data, saga_custom_data
from dtm_client.protocol.urls import parse_url
from dtm_client.values.gid import checked_gid
from dtm_client.values.limits import CUSTOM_DATA_LENGTH, OPTIONS_LENGTH, PAYLOAD_BYTES
from dtm_client.values.message import Message
from dtm_client.values.options import Options
from dtm_client.values.saga import Saga
from dtm_client.values.tcc import Tcc, TccBranch


def check_saga(saga: Saga) -> None:
    """Raise InvalidTransaction unless every store and every branch call of DTM can carry this saga."""
    checked_gid(saga.gid)
    _check_options(saga.options)
    _check_steps(len(saga.steps))
    for index, step in enumerate(saga.steps):
        parse_url(f"steps[{index}].action", step.action)
        if step.compensate:
            parse_url(f"steps[{index}].compensate", step.compensate)
        _check_payload(f"steps[{index}].payload", step.payload)
    if saga.orders and not saga.concurrent:
        raise InvalidTransaction("orders", "steps run in order already", "set concurrent, or leave orders empty")
    _check_orders(saga.orders, len(saga.steps))
    _check_custom_data(saga_custom_data(saga))


def check_message(message: Message, *, prepared: bool) -> None:
    """Raise InvalidTransaction unless DTM can carry this message; ``prepared`` asks for a query-prepared URL too."""
    checked_gid(message.gid)
    _check_options(message.options)
    _check_no_retry_limit(message.options)
    _check_steps(len(message.steps))
    for index, step in enumerate(message.steps):
        parse_url(f"steps[{index}].action", step.action)
        _check_payload(f"steps[{index}].payload", step.payload)
    if message.query_prepared or prepared:
        parse_url("query_prepared", message.query_prepared)
    _check_natural("delay", message.delay)
    _check_custom_data(message_custom_data(message))


def check_tcc(tcc: Tcc) -> None:
    """Raise InvalidTransaction unless DTM can carry this transaction; its branches are checked one by one."""
    checked_gid(tcc.gid)
    _check_options(tcc.options)
    _check_no_retry_limit(tcc.options)


def check_branch(branch: TccBranch) -> None:
    """Raise InvalidTransaction unless DTM can confirm and cancel this branch."""
    parse_url("branch.try_", branch.try_)
    parse_url("branch.confirm", branch.confirm)
    parse_url("branch.cancel", branch.cancel)
    _check_payload("branch.payload", branch.payload)


def _check_options(options: Options) -> None:
    for name in ("timeout_to_fail", "retry_interval", "request_timeout", "retry_limit"):
        _check_natural(f"options.{name}", getattr(options, name))
    check_headers(options.branch_headers)
    if (length := _stored_length(options)) > OPTIONS_LENGTH:
        raise InvalidTransaction(
            "options", f"{length} characters as DTM stores them", f"shorten branch_headers to fit {OPTIONS_LENGTH}"
        )


def _stored_length(options: Options) -> int:
    """The length of the JSON in DTM's column ``options``, whose encoder escapes <, > and & to six characters each."""
    stored = json.dumps(
        {
            "wait_result": True,
            "timeout_to_fail": options.timeout_to_fail,
            "request_timeout": options.request_timeout,
            "retry_interval": options.retry_interval,
            "retry_limit": options.retry_limit,
            "branch_headers": dict(options.branch_headers),
            "concurrent": False,
        },
        separators=(",", ":"),
    )
    return len(stored) + 5 * sum(stored.count(letter) for letter in "<>&")


def _check_no_retry_limit(options: Options) -> None:
    if options.retry_limit:
        raise InvalidTransaction("options.retry_limit", "only a saga has a retry limit", "leave it 0")


def _check_steps(count: int) -> None:
    if not count:
        raise InvalidTransaction("steps", "there are none, and DTM would call that a success", "give at least one step")


def _check_payload(field: str, payload: bytes) -> None:
    if len(payload) > PAYLOAD_BYTES:
        raise InvalidTransaction(field, f"{len(payload)} bytes", f"keep it within {PAYLOAD_BYTES}, or send a reference")


def _check_natural(field: str, value: int) -> None:
    if value < 0:
        raise InvalidTransaction(field, f"{value} is negative", "use 0 or more")


def _check_custom_data(custom_data: str) -> None:
    if len(custom_data) > CUSTOM_DATA_LENGTH:
        raise InvalidTransaction("orders", f"{len(custom_data)} characters as JSON", f"keep to {CUSTOM_DATA_LENGTH}")


def _check_orders(orders: Mapping[int, tuple[int, ...]], count: int) -> None:
    for step in {*orders, *(other for waits_for in orders.values() for other in waits_for)}:
        if not 0 <= step < count:
            raise InvalidTransaction("orders", f"there is no step {step}", f"use indexes from 0 to {count - 1}")
    waiting = {step: set(waits_for) for step, waits_for in orders.items()}
    # Take away what waits for nobody, until nothing is left; what stays waits for itself.
    while ready := [step for step, waits_for in waiting.items() if not waits_for & waiting.keys()]:
        for step in ready:
            del waiting[step]
    if waiting:
        raise InvalidTransaction("orders", f"steps {sorted(waiting)} wait for each other", "remove the cycle")
