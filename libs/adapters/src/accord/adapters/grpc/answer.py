"""What a call that failed is told."""

from dataclasses import dataclass, field

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc import StatusCode
from grpc_status.rpc_status import GRPC_DETAILS_METADATA_KEY

from accord.adapters.grpc.limits import MESSAGE_BYTES

DOMAIN = "accord"
_CUT = "…".encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with its reason in UPPER_SNAKE for programs, a message for people, and more `google.rpc` details."""

    code: StatusCode
    reason: str
    message: str
    details: tuple[Message, ...] = field(default=())

    @property
    def short_message(self) -> str:
        """The message as it is sent: trailers have little room."""
        encoded = self.message.encode("utf-8", "replace")
        if len(encoded) <= MESSAGE_BYTES:
            return encoded.decode()
        return encoded[: MESSAGE_BYTES - len(_CUT)].decode(errors="ignore") + "…"

    def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:
        """Return the rich error model's form of it (google.rpc.Status); an ErrorInfo is always the first detail."""
        number: int = self.code.value[0]
        status = Status(code=number, message=self.short_message)
        for detail in (ErrorInfo(reason=self.reason, domain=DOMAIN), *self.details):
            packed = AnyMessage()
            packed.Pack(detail)
            status.details.append(packed)
        return ((GRPC_DETAILS_METADATA_KEY, status.SerializeToString()),)


class Answered(Exception):
    """Raised before or around a handler, to end its call with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.message)
        self.answer = answer
