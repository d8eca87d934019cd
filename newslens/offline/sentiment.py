"""How a sentence speaks of a target: favor, against, mixed or none."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from newslens.offline.connotation import Cue, cues
from newslens.offline.grammar import ADVERBS, DETERMINERS, POSSESSIVES, PREPOSITIONS, PRONOUNS
from newslens.offline.language import english
from newslens.offline.lexicon import table, verb_forms
from newslens.offline.parsing import Parse, parse
from newslens.offline.phrases import Range
from newslens.offline.words import Word

Label = Literal["favor", "against", "mixed", "none"]

_DECAY = 8.0  # words over which the weight of a cue falls to 1/e
_MIXED = 0.4  # both sides have at least this probability
_OPENING = 2  # words before a target that still opens its sentence: "On Monday Smith"
_TIED = frozenset({"subject", "object", "direct", "predicate"})


@dataclass(frozen=True, slots=True)
class Polarity:
    """The attitude toward a target in one sentence.

    Attributes:
        value: from -1 (against) to 1 (favor): the difference of the two probabilities; 0.0 without a cue.
        label: the likelier of favor, against and none; mixed where both sides speak clearly.
        cues: the words that decided, half-open code points in the sentence.
    """

    value: float
    label: Label
    cues: tuple[tuple[int, int], ...]


_SILENT = Polarity(0.0, "none", ())


def toward(sentence: str, targets: Sequence[tuple[int, int]]) -> Polarity:
    """The polarity of a sentence toward a target, given as all its mentions (half-open code points).

    A log-linear model over some forty readable features; its weights are data (`lexicons/sentiment.toml`). Without a
    colouring word, and for what is not English, the answer is none.
    """
    parsed = parse(sentence)
    spans = [span for span in (parsed.at(*target) for target in targets) if span[0] < span[1]]
    if not spans or not english(parsed.words):
        return _SILENT
    found = list(cues(parsed, spans))
    if not found:
        return _SILENT
    favor, against = _probabilities(features(parsed, spans, found))
    return _polarity(parsed, found, favor, against)


def _polarity(parsed: Parse, found: Sequence[Cue], favor: float, against: float) -> Polarity:
    none = 1 - favor - against
    if max(favor, against) < none:
        return Polarity(favor - against, "none", ())
    if min(favor, against) >= _MIXED:
        return Polarity(favor - against, "mixed", _spans(parsed, found))
    label: Label = "favor" if favor > against else "against"
    deciding = [cue for cue in found if (cue.value > 0) == (label == "favor")]
    return Polarity(favor - against, label, _spans(parsed, deciding or found))


def _spans(parsed: Parse, found: Sequence[Cue]) -> tuple[tuple[int, int], ...]:
    """The cues that are tied to the target, else all of them."""
    tied = [cue for cue in found if cue.role in _TIED]
    return tuple((parsed.words[cue.word].start, parsed.words[cue.word].end) for cue in tied or found)


@cache
def _weights() -> Mapping[str, tuple[float, float]]:
    return {name: (favor, against) for name, (favor, against) in table("sentiment")["weights"].items()}


def _probabilities(values: Mapping[str, float]) -> tuple[float, float]:
    """Of favor and of against; the weights are relative to none."""
    known = [(value, *_weights()[name]) for name, value in values.items() if name in _weights()]
    favor = math.exp(sum(value * weight for value, weight, _ in known))
    against = math.exp(sum(value * weight for value, _, weight in known))
    return favor / (1 + favor + against), against / (1 + favor + against)


def features(parsed: Parse, spans: Sequence[Range], found: Sequence[Cue]) -> dict[str, float]:
    """What the model looks at, by name: sums over the cues, and how the first mention of the target stands."""
    sums: defaultdict[str, float] = defaultdict(float)
    for cue in found:
        side = "favor" if cue.value > 0 else "against"
        for name, amount in _counted(cue, spans):
            sums[f"{name}.{side}"] += amount
    # The square root: ten cues do not say ten times as much as one.
    return {name: math.sqrt(amount) for name, amount in sums.items()} | _setting(parsed, spans[0])


def _counted(cue: Cue, spans: Sequence[Range]) -> Iterator[tuple[str, float]]:
    amount = abs(cue.value)
    if cue.role == "actor":
        yield "actor", amount  # it colours somebody else
        return
    if cue.role in _TIED:
        yield cue.role, amount
    if cue.role != "away":
        yield "clause", amount
    yield "sentence", amount
    first, last = spans[0]
    faded = amount * math.exp(-min(abs(cue.word - first), abs(cue.word - last + 1)) / _DECAY)
    yield "near", faded
    yield ("behind" if cue.word > first else "ahead"), faded


def _setting(parsed: Parse, target: Range) -> dict[str, float]:
    first, last = target
    words = parsed.words
    behind, before = _low(words, last), _low(words, first - 1)
    owner = behind in {"'s", "'"} or any(word.low in POSSESSIVES | {"'s"} for word in words[first:last])
    return {
        "bias": 1.0,
        "speaks": float(_speaks(words, target)),
        "thinks": float(behind in verb_forms("cues", "thought")),
        "pronoun": float(words[first].low in PRONOUNS | POSSESSIVES),
        "owner": float(owner),
        "attribute": float(
            not owner and before in DETERMINERS and behind.isalpha() and behind not in verb_forms("cues", "speech")
        ),
        "quoted": float(parsed.quote[first] >= 0),
        "beside a quotation": float(parsed.quote[first] < 0 and max(parsed.quote) >= 0),
        "opens": float(first <= _OPENING),
        "behind a preposition": float(before in PREPOSITIONS),
        "behind against": float(before == "against"),
        "before a comma": float(behind == ","),
        "behind a name": float(first > 0 and words[first - 1].capital),
        "length": math.log(1 + len(words)) - 3.3,
        "names": min(3.0, sum(word.capital for word in words[1:]) / 5),
        "question": float(any(word.text == "?" for word in words)),
        "exclamation": float(any(word.text == "!" for word in words)),
    }


def _speaks(words: Sequence[Word], target: Range) -> bool:
    """Whether the target is the source of what is said: "Smith said", "Smith later said", `"…," said Smith`."""
    first, last = target
    behind = _low(words, last)
    if behind in verb_forms("cues", "speech") or (
        behind in ADVERBS and _low(words, last + 1) in verb_forms("cues", "speech")
    ):
        return True
    return _low(words, first - 1) in verb_forms("cues", "speech") and _low(words, first - 2) in {
        "",
        "”",
        '"',
        ",",
        "’",
        "'",
    }


def _low(words: Sequence[Word], i: int) -> str:
    return words[i].low if 0 <= i < len(words) else ""
