"""Requests as clients send them, with URLs that name what they are for."""

import json
from typing import Any

from dtm_client.protocol.dtm_pb2 import DtmBranchRequest, DtmRequest, DtmTransOptions


class Requests:
    """Requests with URLs that name what they are for: ``h:1/t.T/a1`` is the action of step 1, ``c1`` its compensate."""

    def saga(
        self,
        gid: str = "s",
        *,
        steps: int = 3,
        concurrent: bool = False,
        orders: dict[str, list[int]] | None = None,
        wait: bool = False,
        **options: Any,
    ) -> DtmRequest:
        """The Submit of a saga with so many steps; ``options`` are those of DtmTransOptions."""
        urls = [{"action": f"h:1/t.T/a{n}", "compensate": f"h:1/t.T/c{n}"} for n in range(1, steps + 1)]
        custom = {"concurrent": True, "orders": orders or {}} if concurrent else {}
        return self._request(gid, "saga", urls, custom, wait, options)

    def message(
        self,
        gid: str = "m",
        *,
        steps: int = 2,
        query: str = "h:1/t.T/q",
        delay: int = 0,
        wait: bool = False,
        **options: Any,
    ) -> DtmRequest:
        """The Prepare or Submit of a message; its query is ``q``."""
        urls = [{"action": f"h:1/t.T/a{n}"} for n in range(1, steps + 1)]
        request = self._request(gid, "msg", urls, {"delay": delay} if delay else {}, wait, options)
        request.QueryPrepared = query
        return request

    def tcc(self, gid: str = "t", *, wait: bool = False, **options: Any) -> DtmRequest:
        """The Prepare or Submit of a TCC transaction."""
        return self._request(gid, "tcc", [], {}, wait, options)

    def registration(self, number: int, gid: str = "t") -> DtmBranchRequest:
        """The registration of a branch; ``y1`` is the confirm of the first, ``n1`` its cancel."""
        return DtmBranchRequest(
            Gid=gid,
            TransType="tcc",
            BranchID=f"{number:02d}",
            BusiPayload=b"payload %d" % number,
            Data={"confirm": f"h:1/t.T/y{number}", "cancel": f"h:1/t.T/n{number}"},
        )

    def _request(
        self,
        gid: str,
        mode: str,
        urls: list[dict[str, str]],
        custom: dict[str, Any],
        wait: bool,
        options: dict[str, Any],
    ) -> DtmRequest:
        return DtmRequest(
            Gid=gid,
            TransType=mode,
            Steps=json.dumps(urls) if urls else "",
            BinPayloads=[b"payload %d" % n for n in range(1, len(urls) + 1)],
            CustomedData=json.dumps(custom) if custom else "",
            TransOptions=DtmTransOptions(WaitResult=wait, **options),
        )
