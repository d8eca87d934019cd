"""The tone of what the author says about a target, and positions taken in so many words; English only."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from newslens.analyses.analysis import Reading
from newslens.analyses.stance import AUTHOR
from newslens.article.sentences import find_quotations
from newslens.offline.language import Word, all_forms, cut, entries, forms, listed, need_english, plural, table

Tone = Literal["favor", "against", "none"]
Offsets = tuple[int, int]

TONES: tuple[Tone, ...] = ("favor", "against", "none")
_NEGATED, _REACH = -0.6, 4  # "not praised" is less against than "praised" is for; words that a negation reaches
_DECAY = 8.0  # words over which the weight of a cue falls to 1/e
_NEXT = 2  # words between a cue and the target behind it, at most
_EVIDENCE = 8  # sentences
_ASIDE = 12  # words between the commas behind a subject: "Heritage Action, a lobby group, opposes the bill"
_LONGEST_TARGET = 10  # words
_ADJECTIVES = ("an", "ic", "ish", "ese")  # endings of words with a capital that belong to a noun behind them
_SURNAME = 4  # letters of a last name that stands for the whole, at least
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u2010": "-", "\u2011": "-", "\u00a0": " "})


class Position(NamedTuple):
    """What a sentence says that somebody is for or against."""

    holder: str
    target: str
    tone: Tone
    verb: Offsets


def read_stances(reading: Reading) -> list[dict[str, Any]]:
    """The author's tone toward each target asked for, and the positions that named subjects take in so many words.

    A tone is the mean over the sentences that mention the target outside quotation marks; a text of one sentence is
    measured as it stands. Without targets there are positions only: "Sheinbaum declined the offer".

    Raises:
        LanguageUnknown: the text is not English.
    """
    article, targets = reading.article, reading.options.targets
    texts = [span.text for span in article.sentences]
    need_english("stances", article.language, texts)
    starts = frozenset(first - 1 for first, _ in article.paragraphs)
    quoted = [found.spans for found in find_quotations(texts, starts)]
    records = [_record_tone(reading, target, texts, quoted if len(texts) > 1 else [()]) for target in targets]
    pairs = (pair for text in texts for pair in pairwise(cut(text)))
    names = frozenset(two.text for one, two in pairs if two.capital and one.text[-1].islower())
    for k, text in enumerate(texts):
        for one in find_positions(text, quoted[k], names):
            wanted = [target for target in targets if _compile_name(target).search(one.target.translate(_STRAIGHT))]
            records += [
                _record(reading, one.holder, target, one.tone, "paraphrased", {k: [one.verb]}, "")
                for target in (wanted if targets else [one.target])
            ]
    return records


def _record_tone(
    reading: Reading, target: str, texts: Sequence[str], quoted: Sequence[Sequence[Offsets]]
) -> dict[str, Any]:
    """The author's tone toward a target: the likeliest by the mean of the probabilities in the sentences."""
    pattern = _compile_name(target)
    found: dict[int, Sequence[float]] = {}
    cues: dict[int, list[tuple[Offsets, float]]] = {}
    for k, text in enumerate(texts):
        places = [match.span() for match in pattern.finditer(text.translate(_STRAIGHT))]
        places = [place for place in places if not _is_inside(place[0], quoted[k])]
        if places and (words := cut(text)):
            cues[k] = find_cues(words, places, quoted[k])
            found[k] = measure_tone(compute_features(words, places, cues[k]))
    if not found:
        return _record(reading, AUTHOR, target, "none", "author", {}, "the author does not mention it")
    means = [sum(column) / len(found) for column in zip(*found.values(), strict=True)]
    side = max(range(len(TONES)), key=means.__getitem__)
    note = f"tone of {len(found)} sentence{'' if len(found) == 1 else 's'}, not a stated position"
    if TONES[side] == "none":
        return _record(reading, AUTHOR, target, "none", "author", {}, note)
    shown = sorted(found, key=lambda k: -found[k][side])[:_EVIDENCE]
    shown = [k for k in shown if max(found[k]) == found[k][side]] or shown[:1]
    sign = 1 if TONES[side] == "favor" else -1
    shades = {k: [place for place, value in cues[k] if value * sign > 0] for k in sorted(shown)}
    return _record(reading, AUTHOR, target, TONES[side], "author", shades, note)


def _record(  # noqa: PLR0913, PLR0917 - the fields of a stance
    reading: Reading,
    holder: str,
    target: str,
    tone: Tone,
    voice: str,
    words: Mapping[int, Sequence[Offsets]],
    note: str,
) -> dict[str, Any]:
    spans = reading.article.sentences
    places = [(spans[k].start + start, spans[k].start + end) for k, own in words.items() for start, end in own]
    return {
        "holder": holder,
        "target": target,
        "label": {"value": tone, "method": "classical"},
        "voice": voice,
        "evidence": [k + 1 for k in words],
        "note": note,
        "words": [reading.article.span(*place) for place in places],
    }


def find_cues(
    words: Sequence[Word], places: Sequence[Offsets], quoted: Sequence[Offsets]
) -> list[tuple[Offsets, float]]:
    """The colouring words outside the target and outside quotation marks, each with its value: 1, -1, or negated."""
    found = []
    for i, word in enumerate(words):
        value = float(_load_colours().get(word.low, 0))
        if not value or _is_inside(word.start, (*places, *quoted)) or _is_name(words, i):
            continue
        before = [one.low for one in words[max(0, i - _REACH) : i]]
        if any(low in entries("tone", "negations") or low.endswith("n't") for low in before):
            value *= _NEGATED
        found.append(((word.start, word.end), value))
    return found


def compute_features(
    words: Sequence[Word], places: Sequence[Offsets], cues: Sequence[tuple[Offsets, float]]
) -> dict[str, float]:
    """What the model looks at: how much colour is near the target, and how its first mention stands."""
    index = {word.start: i for i, word in enumerate(words)}
    spans = [[i for i, word in enumerate(words) if word.start < end and start < word.end] for start, end in places]
    ranges = [(own[0], own[-1]) for own in spans if own]
    sums: defaultdict[str, float] = defaultdict(float)
    for (start, _), value in cues:
        at, side, amount = index[start], "favor" if value > 0 else "against", abs(value)
        distance, behind = min((abs(at - (last if at > last else first)), at > last) for first, last in ranges)
        faded = amount * math.exp(-distance / _DECAY)
        sums[f"sentence {side}"] += amount
        sums[f"near {side}"] += faded
        if behind:
            sums[f"behind {side}"] += faded
        elif distance <= _NEXT:
            sums[f"next {side}"] += amount
    first, last = ranges[0]
    padded = ["", "", *(word.low for word in words), "", ""]
    before, own, after = padded[first : first + 2], padded[first + 2], padded[last + 3 : last + 5]
    speech, openers = entries("tone", "speech"), {"", '"', ",", "'"}
    return {
        **{name: math.sqrt(amount) for name, amount in sums.items()},
        "bias": 1.0,
        "speaks": float(
            after[0] in speech
            or (after[0].endswith("ly") and after[1] in speech)
            or (before[1] in speech and before[0] in openers)
        ),
        "colon": float(after[0] == ":"),
        "preposition": float(before[1] in entries("tone", "prepositions")),
        "pronoun": float(own in entries("tone", "pronouns")),
        "length": math.log(1 + len(words)) - 3.3,
    }


def measure_tone(features: Mapping[str, float]) -> tuple[float, float, float]:
    """Probabilities of favor, against and none, by multinomial logistic regression."""
    weights = table("tone")["weights"]
    known = [(value, weights[name]) for name, value in features.items() if name in weights]
    powers = [math.exp(sum(value * weight[side] for value, weight in known)) for side in (0, 1)]
    whole = sum(powers) + 1
    return powers[0] / whole, powers[1] / whole, 1 / whole


@cache
def _load_colours() -> Mapping[str, int]:
    """Every form of every colouring word: 1 for favor, -1 for against."""
    found: dict[str, int] = {}
    for side, sign in (("favor", 1), ("against", -1)):
        nouns = listed("tone", side, "nouns")
        words = {*listed("tone", side, "words"), *nouns, *map(plural, nouns), *all_forms(listed("tone", side, "verbs"))}
        found |= dict.fromkeys(words - found.keys(), sign)
    return found


@cache
def _compile_name(target: str) -> re.Pattern[str]:
    """Finds a target in any case and style of marks; of a name of two or three words also the last one alone."""
    words = target.translate(_STRAIGHT).split()
    named = 1 < len(words) < 4 and all(word[0].isupper() for word in words)  # noqa: PLR2004
    whole = r"\s+".join(map(re.escape, words)) or r"(?!)"
    last = f"|(?-i:{re.escape(words[-1])})" if named and len(words[-1]) >= _SURNAME else ""
    return re.compile(rf"(?<!\w)(?:{whole}{last})(?!\w)", re.IGNORECASE)


def _is_inside(at: int, spans: Sequence[Offsets]) -> bool:
    return any(start <= at < end for start, end in spans)


def _is_name(words: Sequence[Word], i: int) -> bool:
    """Whether a word with a capital is part of a name: not where a sentence or quotation opens, nor in title case."""
    if not words[i].capital or i == 0 or words[i - 1].text in "“\"‘'.:":
        return False
    letters = [word.capital for word in words if word.text[0].isalpha()]
    return sum(letters) <= 0.6 * len(letters)


def find_positions(sentence: str, quoted: Sequence[Offsets], names: frozenset[str]) -> Iterator[Position]:
    """Each verb of position with a named subject right before it and an object behind it.

    Args:
        sentence: the text; a headline in title case has no positions.
        quoted: its quotations, in which nothing is looked for.
        names: words that are written with a capital inside sentences of the text.
    """
    verbs = _load_verbs()
    words = cut(sentence)
    if not any(word.low in verbs for word in words):
        return
    letters = [word.capital for word in words if word.text[0].isalpha()]
    for i, word in enumerate(words):
        for needed, tone in verbs.get(word.low, {}).items():
            owned = needed[:1] == ("'s",)
            particle = needed[owned:]
            behind = i + 1 + len(particle)
            if tuple(one.low for one in words[i + 1 : behind]) != particle or _is_inside(word.start, quoted):
                continue
            if owned != (i > 0 and words[i - 1].low == "'s"):
                continue
            subject, target = _find_subject(words, i - owned, names), _find_target(words, behind)
            if target and particle[-1:] == ("for",) and [one.low for one in words[target[1] : target[1] + 1]] == ["to"]:
                break  # "called for him to resign"
            if subject and target and sum(letters) <= 0.6 * len(letters):
                holder = sentence[words[subject[0]].start : words[subject[1] - 1].end]
                object_ = sentence[words[target[0]].start : words[target[1] - 1].end]
                yield Position(holder, object_, tone, (word.start, words[behind - 1].end))
                break


@cache
def _load_verbs() -> Mapping[str, Mapping[tuple[str, ...], Tone]]:
    """Every finite form of every verb of position, with the particles that it needs, the longest first."""
    found: defaultdict[str, dict[tuple[str, ...], Tone]] = defaultdict(dict)
    for tone in ("favor", "against"):
        for phrase in sorted(table("positions")[tone]["verbs"], key=len, reverse=True):
            verb, *particle = phrase.split()
            for form in forms(verb):
                if not form.endswith("ing"):
                    found[form][tuple(particle)] = tone
        for phrase in table("positions")[tone]["nouns"]:
            noun, *particle = phrase.split()
            found[noun][("'s", *particle)] = tone  # marked: a noun belongs to its subject
    return found


def _find_subject(words: Sequence[Word], verb: int, names: frozenset[str]) -> Offsets | None:
    """The name right before a verb, as a range of words; adverbs, "who" and an aside between commas may part them."""
    j = verb - 1
    if j > 0 and words[j].low == "to" and words[j - 1].low in entries("positions", "intending"):
        j -= 2
    elif j > 1 and [word.low in entries("positions", "deciding") for word in words[j - 1 : j]] == [True]:
        j -= 3 if words[j].low == "to" and words[j - 2].low == "'s" else 0
    while j >= 0 and (words[j].low in entries("positions", "between") or words[j].low.endswith("ly")):
        j -= 1
    if j > 0 and words[j].low == "who":
        j -= 1 + (words[j - 1].text == ",")
    elif j > 0 and words[j].text == ",":
        j = next((k for k in range(j - 2, max(-1, j - _ASIDE), -1) if words[k].text == ","), 0) - 1
    last = j + 1
    while j >= 0 and (words[j].capital or (last - j > 1 and _joins(words, j))):
        j -= 1
    first = j + 1
    while first < last and (not words[first].capital or words[first].low in entries("positions", "opening")):
        first += 1
    before = words[first - 1].low if first else ""
    named = [word for word in words[first:last] if word.low not in entries("positions", "unnamed")]
    if not named or words[last - 1].low in entries("positions", "unnamed"):
        return None
    opens = before in {"", ":", ".", '"'}
    if (opens and len(named) == 1 and named[0].text not in names) or not (
        opens or before in entries("positions", "before")
    ):
        return None
    return first, last


def _joins(words: Sequence[Word], j: int) -> bool:
    """Whether a word without a capital stands inside a name: "Ted Cruz of Texas", "Mr. Trump"."""
    return j > 0 and words[j - 1].capital and (words[j].text == "." or words[j].low in entries("positions", "joining"))


def _find_target(words: Sequence[Word], first: int) -> Offsets | None:
    """The noun phrase behind a verb of position, as a range of words."""
    if first >= len(words) or words[first].low in entries("positions", "pronouns"):
        return None
    ends, joining, determiners = (entries("positions", name) for name in ("ends", "joining", "determiners"))
    end = first
    named = words[first].capital
    while end < len(words) and end - first < _LONGEST_TARGET:
        word = words[end]
        abbreviated = word.text == "." and end > first and words[end - 1].capital and end + 1 < len(words)
        owned = word.low == "'s"
        if word.low in ends or (not word.text[0].isalnum() and not abbreviated and not owned):
            break
        if named and end > first and word.text[0].islower() and not owned and word.low not in joining:
            adjective = end == first + 1 and words[first].low.endswith(_ADJECTIVES)
            if not adjective and words[end - 1].low != "'s":
                break  # "endorsed Kobach the day before", but "rejected Republican attacks" and "Trump's attacks"
            named = False
        if (
            end > first
            and word.low.endswith("s")
            and [one.low in determiners for one in words[end + 1 : end + 2]] == [True]
        ):
            break  # a verb: "refusal of the offer shows her strength"
        if word.low == "of" and [one.low[-3:] for one in words[end + 1 : end + 2]] == ["ing"]:
            break  # "accused him of lying"
        end += 1
    while end > first and (words[end - 1].low in entries("positions", "joining") or words[end - 1].low.endswith("ly")):
        end -= 1
    empty = all(word.low in determiners for word in words[first:end])
    comment = end > first and words[end - 1].low in {"comment", "comments"}
    return None if empty or comment else (first, end)
