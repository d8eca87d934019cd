"""Find the frames or codes of an article by the weighted cues of a codebook."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from newslens.analyses.analysis import Reading
from newslens.analyses.codebook import Codebook, require_codebook
from newslens.errors import CodebookError
from newslens.offline.language import IDEOGRAPHS, listed, need_english

# Hyphens and white space only separate; any other mark is a token, so that no phrase is found across a full stop.
_TOKEN = re.compile(rf"[{IDEOGRAPHS}]|[^\W{IDEOGRAPHS}]+\*?|[^\w\s\-\u2010\u2011]")
_APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\uff07": "'"})
_IDIOM = ""  # the code of phrases whose words are no cues

_SHORTEST = 16  # words; without it one weak cue in a headline of four words would outweigh a paragraph
_SHARE = 1 / 3  # of the strongest label's score that another one needs
_SHORT, _FEWEST = 4, 2  # in a text of more sentences than that, a label needs that many hits
_EVIDENCE = 5  # sentences
_WORDS = 1 << 14  # distinct words whose cues are remembered


class Hit(NamedTuple):
    """One cue found: `sentences[sentence][start:end]`."""

    sentence: int
    start: int
    end: int
    cue: str
    weight: float


class Score(NamedTuple):
    """How strongly the cues of a label show, and where they are."""

    code: str
    score: float
    hits: tuple[Hit, ...]


def read_framing(reading: Reading) -> list[dict[str, Any]]:
    """The frames that the article's words point to, strongest first; the first one is primary."""
    found = _read_labels("framing", reading)
    return [{"frame": code, "primary": k == 0, "function": None, **rest} for k, (code, rest) in enumerate(found)]


def read_coding(reading: Reading) -> list[dict[str, Any]]:
    """The codes of a user's codebook that the article's words point to, strongest first."""
    name = require_codebook(reading.book).name
    return [{"code": code, **rest} for code, rest in _read_labels(name, reading)]


def score_labels(sentences: Sequence[str], book: Codebook) -> list[Score]:
    """The labels that reach the codebook's threshold, strongest first.

    A score is the sum of the weights of a label's cues, divided by the square root of the number of words: the
    vocabulary of a text grows about so (Heaps' law). A cue that is found n times counts 1 + ln n times.
    """
    index = _build_index(book)
    hits: dict[str, list[Hit]] = defaultdict(list)
    words = 0
    for number, sentence in enumerate(sentences):
        tokens = list(_TOKEN.finditer(sentence))
        words += len(tokens)
        for code, hit in index.find_hits(number, tokens):
            hits[code].append(hit)
    scores = []
    for code, own in hits.items():
        times = Counter((hit.cue, hit.weight) for hit in own)
        damped = sum(weight * (1 + math.log(count)) for (_, weight), count in times.items())
        scores.append(Score(code, damped / math.sqrt(max(words, _SHORTEST)), tuple(own)))
    least = max([book.threshold, *(_SHARE * one.score for one in scores)])
    fewest = _FEWEST if len(sentences) > _SHORT else 1
    found = [one for one in scores if one.score >= least and len(one.hits) >= fewest]
    return sorted(found, key=lambda one: (-one.score, book.codes.index(one.code)))


def _read_labels(analysis: str, reading: Reading) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each label found, with the fields that framing and coding share."""
    book, spans = require_codebook(reading.book), reading.article.sentences
    if not any(label.cues for label in book.labels):
        raise CodebookError(f"The codebook {book.name!r} has no cues. Add some, or name a model: Lens(model=…).")
    texts = [span.text for span in spans]
    if book.language == "en":
        need_english(analysis, reading.article.language, texts)
    found = score_labels(texts, book)
    for one in found if book.multiple else found[:1]:
        weight: Counter[int] = Counter()
        for hit in one.hits:
            weight[hit.sentence] += hit.weight  # type: ignore[assignment]
        shown = sorted(weight, key=lambda number: (-weight[number], number))[:_EVIDENCE]
        places = [(spans[hit.sentence].start, hit) for hit in one.hits if hit.sentence in shown]
        yield (
            one.code,
            {
                "note": "",
                "label": {"value": "present", "method": "classical"},
                "evidence": [number + 1 for number in shown],
                "words": [reading.article.span(start + hit.start, start + hit.end) for start, hit in places],
            },
        )


class _Cue(NamedTuple):
    words: tuple[str, ...]  # a stem ends in "*"
    code: str
    text: str
    weight: float


class _Index:
    """The cues of a codebook, and idioms in which no cue counts, by the word that they begin with."""

    def __init__(self, book: Codebook) -> None:
        self.cues: dict[str, list[_Cue]] = defaultdict(list)
        cues = [(label.code, cue, weight) for label in book.labels for cue, weight in label.cues.items()]
        for code, cue, weight in [*((_IDIOM, idiom, 0.0) for idiom in listed("frames", "idioms", "phrases")), *cues]:
            words = tuple(map(_normalise, _TOKEN.findall(cue)))
            self.cues[words[0]].append(_Cue(words, code, cue, weight))
        self.list_cues = lru_cache(_WORDS)(self._list_cues)
        self.stems = sorted({len(word) - 1 for word in self.cues if word[-1] == "*"}, reverse=True)

    def find_hits(self, number: int, tokens: Sequence[re.Match[str]]) -> Iterator[tuple[str, Hit]]:
        """The cues of one sentence, each with its label. Of overlapping cues of a label the longest counts."""
        free: Counter[str] = Counter()  # for each label the first word behind its last cue
        words: list[str] = []  # normalised once there is a word that begins a cue
        for i, token in enumerate(tokens):
            cues = self.list_cues(token[0])
            words = words or ([_normalise(one[0]) for one in tokens] if cues else [])
            for cue in cues:
                last = i + len(cue.words)
                if last > i + 1:
                    pairs = zip(cue.words, words[i:last], strict=False)
                    if last > len(words) or not all(
                        word.startswith(step[:-1]) if step[-1] == "*" else word == step for step, word in pairs
                    ):
                        continue
                if free[cue.code] <= i and free[_IDIOM] <= i:
                    free[cue.code] = last
                    if cue.code != _IDIOM:
                        yield cue.code, Hit(number, token.start(), tokens[last - 1].end(), cue.text, cue.weight)

    def _list_cues(self, token: str) -> list[_Cue]:
        """The cues that may begin with a word: idioms first, then the longest."""
        word = _normalise(token)
        keys = [word, *(f"{word[:length]}*" for length in self.stems if length <= len(word))]
        found = [cue for key in keys for cue in self.cues.get(key, ())]
        return sorted(found, key=lambda cue: (cue.code != _IDIOM, -len(cue.words)))


@lru_cache(maxsize=16)  # building one costs more than an article
def _build_index(book: Codebook) -> _Index:
    return _Index(book)


def _normalise(word: str) -> str:
    return word.translate(_APOSTROPHES).casefold()
