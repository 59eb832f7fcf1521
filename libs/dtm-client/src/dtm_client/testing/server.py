"""A DTM server of its own for a test: the real binary on loopback ports, with its store in a folder of its own."""

import http.client
import os
import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from dtm_client.testing.ports import free_ports

_START_SECONDS = 20
_PROBE_SECONDS = 0.05


class DtmServer:
    """One process of DTM on its file store (boltdb), which answers before ``start`` returns.

    ``kill`` and ``start`` again is a crash and a restart: same ports, same store. ``binary`` is DTM 1.19; ``folder``
    takes its store and its log and should be empty at first.
    """

    def __init__(self, binary: Path, folder: Path) -> None:
        self.folder = folder
        self.http_port, self.grpc_port = free_ports(2)
        self._binary = binary.resolve()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """The gRPC address, ``host:port``."""
        return f"127.0.0.1:{self.grpc_port}"

    @property
    def http(self) -> str:
        """The base URL of the HTTP API."""
        return f"http://127.0.0.1:{self.http_port}"

    def start(self) -> Self:
        """Start the process and wait until it answers; raise RuntimeError with its log when it does not."""
        environment = os.environ | {
            "HTTP_PORT": str(self.http_port),
            "GRPC_PORT": str(self.grpc_port),
            "LOG_LEVEL": "warn",
        }
        with (self.folder / "dtm.log").open("ab") as log:
            process = subprocess.Popen([self._binary], cwd=self.folder, env=environment, stdout=log, stderr=log)  # noqa: S603
        self._process = process
        for _ in range(int(_START_SECONDS / _PROBE_SECONDS)):
            if self._answers():
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
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=1)
        try:
            connection.request("GET", "/api/ping")
            served = connection.getresponse().status == http.client.OK
        except OSError:
            return False
        finally:
            connection.close()
        # The gRPC listener is opened beside the HTTP one, not before it.
        with socket.socket() as probe:
            probe.settimeout(1)
            return served and probe.connect_ex(("127.0.0.1", self.grpc_port)) == 0
