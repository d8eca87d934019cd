"""Lines of requests in files that a batch may have."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO

# OpenAI's limits on one file.
MOST_LINES = 50_000
MOST_BYTES = 200_000_000


@dataclass(slots=True)
class Spool:
    """One file, on disk, gone when it is closed.

    Attributes:
        file: the lines.
        addresses: of the requests in them, in order.
        size: bytes.
    """

    file: IO[bytes] = field(default_factory=TemporaryFile)
    addresses: dict[str, None] = field(default_factory=dict)
    size: int = 0

    def has_room(self, line: bytes) -> bool:
        """Whether the line still fits; the first always does."""
        return not self.addresses or (len(self.addresses) < MOST_LINES and self.size + len(line) <= MOST_BYTES)

    def add(self, address: str, line: bytes) -> None:
        """Put a line at the end."""
        self.file.write(line)
        self.addresses[address] = None
        self.size += len(line)


def spooled(lines: Iterable[tuple[str, bytes]]) -> Iterator[Spool]:
    """Files with all lines, each with its address; one file at a time, closed when the next is asked for.

    A line whose address the file has is left out. One that an earlier file had is for `lines` to leave out.
    """
    spool = Spool()
    try:
        for address, line in lines:
            if address in spool.addresses:
                continue
            if not spool.has_room(line):
                yield _rewound(spool)
                spool.file.close()
                spool = Spool()
            spool.add(address, line)
        if spool.addresses:
            yield _rewound(spool)
    finally:
        spool.file.close()


def _rewound(spool: Spool) -> Spool:
    spool.file.seek(0)
    return spool
