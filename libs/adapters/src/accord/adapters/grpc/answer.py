"""What a call that failed is told."""

from dataclasses import dataclass, field

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc import StatusCode
from grpc_status.rpc_status import GRPC_DETAILS_METADATA_KEY

DOMAIN = "accord"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with its reason in UPPER_SNAKE for programs, a message for people, and more `google.rpc` details."""

    code: StatusCode
    reason: str
    message: str
    details: tuple[Message, ...] = field(default=())

    def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:
        """Return the rich error model's form of it (google.rpc.Status); an ErrorInfo is always the first detail."""
        number: int = self.code.value[0]
        status = Status(code=number, message=self.message)
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
