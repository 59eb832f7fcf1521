"""DTM's HTTP API, ``/api/…``: what a status query, an operator and a probe ask for."""

import json
from collections.abc import Callable
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from dtm_client.coordinator.effects import Reply
from dtm_client.coordinator.http_server import Answer, Request
from dtm_client.coordinator.http_views import branch_view, transaction_view
from dtm_client.coordinator.runner import Runner
from dtm_client.coordinator.store import Selection
from dtm_client.values.status import Mode, Status

_PAGE = 100
_LARGEST_PAGE = 1000
_MILLISECONDS = 1000


class HttpApi:
    """Answers requests in DTM's JSON shapes."""

    def __init__(self, runner: Runner, new_gid: Callable[[], str]) -> None:
        self._runner = runner
        self._new_gid = new_gid

    async def handle(self, request: Request) -> Answer:
        """Answer one request; an unknown path is 404, a parameter or a body that cannot be read 400."""
        return await (self._operate(request) if request.method == "POST" else self._tell(request))

    async def _tell(self, request: Request) -> Answer:
        match request.path:
            case "/api/ping":
                return HTTPStatus.OK, {"msg": "pong"}
            case "/api/dtmsvr/version":
                return HTTPStatus.OK, {"version": f"dtm-client {version('dtm-client')}"}
            case "/api/dtmsvr/newGid":
                return HTTPStatus.OK, {"dtm_result": "SUCCESS", "gid": self._new_gid()}
            case "/api/dtmsvr/query":
                return await self._query(request.query.get("gid", ""))
            case "/api/dtmsvr/all":
                return await self._all(request.query)
        return HTTPStatus.NOT_FOUND, {"message": f"nothing is served at {request.path}"}

    async def _operate(self, request: Request) -> Answer:
        """What an operator may ask of one transaction, whose gid is in the body."""
        actions = {
            "/api/dtmsvr/resetNextCronTime": self._runner.retry,
            "/api/dtmsvr/forceStop": self._runner.force_stop,
        }
        if (action := actions.get(request.path)) is None:
            return HTTPStatus.NOT_FOUND, {"message": f"nothing is served at {request.path}"}
        try:
            gid = json.loads(request.body)["gid"]
        except (ValueError, KeyError, TypeError):
            return HTTPStatus.BAD_REQUEST, {"message": 'the body is not like {"gid": "…"}'}
        return _result(await action(str(gid)))

    async def _query(self, gid: str) -> Answer:
        if not gid:
            return HTTPStatus.INTERNAL_SERVER_ERROR, {"message": "no gid specified"}
        found = await self._runner.show(gid)
        if found is None:
            return HTTPStatus.OK, {"branches": [], "transaction": None}
        return HTTPStatus.OK, {
            "branches": [branch_view(gid, one) for one in found.branches],
            "transaction": transaction_view(found),
        }

    async def _all(self, query: dict[str, str]) -> Answer:
        try:
            selection = _selection(query)
        except ValueError as error:
            return HTTPStatus.BAD_REQUEST, {"message": str(error)}
        if gid := query.get("gid"):
            found = await self._runner.show(gid)
            return HTTPStatus.OK, {"next_position": "", "transactions": [transaction_view(found)] if found else []}
        page = await self._runner.page(selection)
        content: dict[str, Any] = {
            "next_position": str(page.next_position or ""),
            "transactions": [transaction_view(one) for one in page.transactions],
        }
        return HTTPStatus.OK, content


def _result(reply: Reply) -> Answer:
    match reply.code:
        case "OK":
            return HTTPStatus.OK, {"dtm_result": "SUCCESS"}
        case "ABORTED":
            return HTTPStatus.CONFLICT, {"dtm_result": "FAILURE", "message": reply.text}
    return HTTPStatus.INTERNAL_SERVER_ERROR, {"message": reply.text}


def _selection(query: dict[str, str]) -> Selection:
    start, end = query.get("createTimeStart"), query.get("createTimeEnd")
    return Selection(
        limit=max(1, min(int(query.get("limit") or _PAGE), _LARGEST_PAGE)),
        position=int(query.get("position") or 0),
        status=Status(query["status"]) if query.get("status") else None,
        mode=Mode(query["transType"]) if query.get("transType") else None,
        created_from=int(start) / _MILLISECONDS if start else None,
        created_to=int(end) / _MILLISECONDS if end else None,
    )
