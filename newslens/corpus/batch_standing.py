"""How a batch stands, and what else a server says of its files and batches, read from the bytes of its answers."""

from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

S = TypeVar("S", bound="_Told")

MARK = "newslens"
"""Key in a batch's metadata."""

_ENDED = frozenset({"completed", "failed", "expired", "cancelled"})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a batch stands at the server.

    Attributes:
        id: the server's.
        status: in the server's words: `validating`, `in_progress`, `completed`, `expired`, …
        requests: how many it has.
        answered: how many of them have an answer.
        failed: how many of them have an error.
        files: ids of what can be fetched.
        complaint: code and message, should the server have found the file at fault.
    """

    id: str
    status: str
    requests: int = 0
    answered: int = 0
    failed: int = 0
    files: tuple[str, ...] = ()
    complaint: tuple[str, str] | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.status in _ENDED


class _Told(BaseModel):
    """A part of an answer; fields that we do not use are let be."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ToldFile(_Told):
    """A file."""

    id: str


class _Counts(_Told):
    total: int = 0
    completed: int = 0
    failed: int = 0


class _Complaint(_Told):
    code: str | None = None
    message: str | None = None


class _Complaints(_Told):
    data: tuple[_Complaint, ...] | None = None


class ToldBatch(_Told):
    """A batch."""

    id: str
    status: str
    metadata: dict[str, str] | None = None
    request_counts: _Counts | None = None
    output_file_id: str | None = None
    error_file_id: str | None = None
    errors: _Complaints | None = None

    @property
    def mark(self) -> str:
        """Ours; "" if it is no batch of ours."""
        return (self.metadata or {}).get(MARK, "")

    @property
    def standing(self) -> Standing:
        """How it stands."""
        counts = self.request_counts or _Counts()
        first = next(iter((self.errors and self.errors.data) or ()), None)
        return Standing(
            self.id,
            self.status,
            requests=counts.total,
            answered=counts.completed,
            failed=counts.failed,
            files=tuple(file for file in (self.output_file_id, self.error_file_id) if file),
            complaint=(first.code or "", first.message or "") if first is not None else None,
        )


class ToldList(_Told):
    """A page of a list of batches, newest first."""

    data: tuple[ToldBatch, ...]
    has_more: bool | None = None


def told(shape: type[S], content: bytes) -> S | None:
    """The answer in its shape; None: it is something else, such as a page, a blank body or an error object."""
    try:
        return shape.model_validate_json(content)
    except ValidationError:
        return None
