"""One process at a time on a file. The system lets go when a process ends, however it ends: nothing is left over."""

import sys
from typing import IO, Any

_BEYOND = 1 << 30  # where Windows locks a byte that no file of ours reaches: what it locks nobody can read


def lock(file: IO[Any]) -> bool:
    """Whether the open file is ours alone, until it is closed. True where the file system knows no locks."""
    try:
        _lock(file)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # some network file systems; the caller is no worse off than without
        return True
    return True


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[Any]) -> None:
        position = file.tell()
        file.seek(_BEYOND)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        finally:
            file.seek(position)

else:
    import fcntl

    def _lock(file: IO[Any]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
