"""A DTM server of its own for a test: the real binary on loopback ports, on any of its stores."""

import http.client
import os
import re
import subprocess
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

import grpc

from dtm_client.protocol.dtm_pb2 import DtmRequest
from dtm_client.testing.ports import free_ports
from dtm_client.testing.store_settings import StoreSettings

_START_SECONDS = 20
_PROBE_SECONDS = 0.05
_CALL_SECONDS = 1.0


def dtm_version(binary: Path) -> str:
    """Return the version of a DTM binary, such as ``v1.19.0``; ``of unknown version`` if it was built otherwise."""
    # Go keeps the versions of modules in the binary; DTM's own `-v` does not know its version.
    found = re.search(rb"mod\tgithub\.com/dtm-labs/dtm\t(\S+)", binary.read_bytes())
    return found[1].decode() if found else "of unknown version"


class DtmServer:
    """One process of DTM, which stores transactions before ``start`` returns.

    ``kill`` and ``start`` again is a crash and a restart: same ports, same store.

    * ``binary`` is DTM 1.19, in whose folder ``sqls`` the tables of SQL stores are found.
    * ``folder`` takes its log, and the file of the store ``boltdb``; it should be empty at first.
    * ``store`` is ``boltdb`` or the URL of a running database server, as those of ``dtm_client.testing.stores`` have.
    * ``update_branch_sync`` 0 lets DTM store a branch's success on an SQL store up to 200 ms later, 1 at once.
    """

    def __init__(self, binary: Path, folder: Path, *, store: str = "boltdb", update_branch_sync: int = 0) -> None:
        self.folder = folder
        self.store = StoreSettings.of(store)
        self.update_branch_sync = update_branch_sync
        self.http_port, self.grpc_port = free_ports(2)
        self._binary = binary.resolve()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """The gRPC address, ``host:port``."""
        return f"127.0.0.1:{self.grpc_port}"

    @property
    def title(self) -> str:
        """What it is: version, store and the setting by which branches' ends are stored."""
        version = dtm_version(self._binary)
        return f"DTM {version}, store {self.store.driver}, UPDATE_BRANCH_SYNC {self.update_branch_sync}"

    @property
    def http(self) -> str:
        """The base URL of the HTTP API."""
        return f"http://127.0.0.1:{self.http_port}"

    def start(self) -> Self:
        """Start the process and wait until it answers; raise RuntimeError with its log when it does not."""
        self.store.make_tables(self._binary.parent / "sqls")
        environment = os.environ | {
            **self.store.environment,
            "UPDATE_BRANCH_SYNC": str(self.update_branch_sync),
            "HTTP_PORT": str(self.http_port),
            "GRPC_PORT": str(self.grpc_port),
            "LOG_LEVEL": "warn",
        }
        with (self.folder / "dtm.log").open("ab") as log:
            process = subprocess.Popen([self._binary], cwd=self.folder, env=environment, stdout=log, stderr=log)  # noqa: S603
        self._process = process
        for _ in range(int(_START_SECONDS / _PROBE_SECONDS)):
            if process.poll() is None and self._answers():
                return self
            # A pause that ends early when the process does.
            try:
                process.wait(_PROBE_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            break
        self.kill()
        raise RuntimeError(f"DTM did not start:\n{(self.folder / 'dtm.log').read_text('utf-8', 'replace')[-2000:]}")

    def kill(self) -> None:
        """End the process as a crash would: what it answered for is stored, and an orderly end takes it 5 seconds."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _answers(self) -> bool:
        """Whether it stores a transaction: its ping is answered even where the database is missing."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=_CALL_SECONDS)
        try:
            connection.request("GET", "/api/ping")
            served = connection.getresponse().status == http.client.OK
        except OSError:
            return False
        finally:
            connection.close()
        return served and self._stores()

    def _stores(self) -> bool:
        with grpc.insecure_channel(self.address, [("grpc.use_local_subchannel_pool", 1)]) as channel:
            submit: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary("/dtmgimp.Dtm/Submit")
            empty = DtmRequest(Gid=f"start-{uuid.uuid4().hex}", TransType="saga", Steps="[]")
            try:
                submit(empty.SerializeToString(), timeout=_CALL_SECONDS)
            except grpc.RpcError:
                return False
        return True
