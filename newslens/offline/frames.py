"""Find the frames of an article by the weighted cue terms of a codebook."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from newslens.offline.lexicon import entries, listed

# One kana or Han character is a token of its own, since those scripts write no spaces. Hyphens and white
# space only separate; any other mark is a token too, so that no phrase is found across a full stop.
IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_TOKEN = re.compile(rf"[{IDEOGRAPHS}]|[^\W{IDEOGRAPHS}]+|[^\w\s\-\u2010\u2011]")
_APOSTROPHES = {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\uff07": "'"}

# The vocabulary of a text grows with about the square root of its length (Heaps' law), and so does a sum over
# distinct cues: divided by that root, a headline and a long article can be held against one floor.
_SHORTEST = 16  # words; without it one weak cue in a four-word headline would outweigh a whole paragraph

# Lowest score of a frame that counts: one cue of weight 2 in a sentence of 25 words scores .40, one of
# weight 1 scores .20 and is too little to speak of a frame.
FLOOR = 0.25
# A frame beside the primary one needs this part of its score. Below a third, single words of a passing
# remark would count as a frame of the article.
SHARE = 0.33
_STRONG = 2.0  # weight from which a single cue carries a frame in a text of a few sentences
_FEW = 4  # in a longer one it has to come twice
_LEANING = (
    1.0  # and the weight from which two different ones do, or one that most sentences have; lighter ones only support
)


_IDIOM = ""  # the code of phrases whose words are no cues


@dataclass(frozen=True, slots=True)
class Hit:
    """One cue found: `sentences[sentence][start:end]`, the cue as the codebook writes it, and its weight."""

    sentence: int
    start: int
    end: int
    cue: str
    weight: float


@dataclass(frozen=True, slots=True)
class FrameScore:
    """How strongly one frame shows: damped cue weights per square root of words, and the cues themselves.

    Attributes:
        carried: the cues are enough to speak of a frame; one weak word in a text of several sentences is not.
    """

    code: str
    score: float
    hits: tuple[Hit, ...]
    carried: bool = True


@dataclass(frozen=True, slots=True)
class Framing:
    """The frames that count as present, strongest first; `primary` is the first of them or "none"."""

    primary: str
    present: tuple[FrameScore, ...]


@dataclass(slots=True)
class _Node:
    """One step of a cue: the next whole words, the next stems, and the cues that end here, by frame."""

    words: "dict[str, _Node]" = field(default_factory=dict)
    stems: "dict[str, _Node]" = field(default_factory=dict)
    stem_lengths: list[int] = field(default_factory=list)
    ends: dict[str, tuple[str, float]] = field(default_factory=dict)

    def grow(self, step: str) -> "_Node":
        """The node for one more step of a cue, made when it is new."""
        if not step.endswith("*"):
            return self.words.setdefault(step, _Node())
        stem = step[:-1]
        self.stem_lengths = sorted({*self.stem_lengths, len(stem)})
        return self.stems.setdefault(stem, _Node())

    def after(self, word: str) -> "list[_Node]":
        """Nodes that a word leads to, the best last: short stems, long stems, the whole word."""
        starts = (word[:length] for length in self.stem_lengths if length <= len(word))
        nodes = [self.stems[start] for start in starts if start in self.stems]
        return [*nodes, self.words[word]] if word in self.words else nodes


class _Starters(dict[str, Sequence[_Node]]):
    """The nodes that each word leads to from the root. Most words start no cue: it is asked once for each."""

    def __init__(self, root: _Node) -> None:
        super().__init__()
        self._root = root

    def __missing__(self, word: str) -> Sequence[_Node]:
        self[word] = nodes = self._root.after(_normal(word))
        return nodes


class CueIndex:
    """The cues of a codebook, ready to be looked up in many texts; build it once, use it for all articles.

    Args:
        cues: for each frame its terms and their weights. A term is a word, a phrase, or either with stems:
            a word that ends in `*` matches every word that starts so ("immigra*").

    Raises:
        ValueError: a term can never match; see `cue_problem`.
    """

    def __init__(self, cues: Mapping[str, Mapping[str, float]]) -> None:
        self._codes = tuple(cues)
        self._root = _Node()
        for code, weights in cues.items():
            for cue, weight in weights.items():
                self._add(code, cue, weight)
        for idiom in listed("frames", "idioms", "phrases"):
            self._add(_IDIOM, idiom, 0.0)

    def _add(self, code: str, cue: str, weight: float) -> None:
        if problem := cue_problem(cue):
            raise ValueError(f"cue {cue!r} of {code!r} {problem}")
        node = self._root
        for step in cue_steps(cue):
            node = node.grow(step)
        node.ends[code] = (cue, weight)

    def tally(self, sentences: Sequence[str]) -> tuple[FrameScore, ...]:
        """Score every frame by its cues, highest first, ties in the order of the codebook; one pass over the text.

        Terms match at word borders, whatever their case, apostrophe style or hyphenation; none matches in an idiom,
        and no single word in the name of a person or a place. Where cues of one frame overlap, the longest wins. A
        cue found n times counts 1 + ln n times, and the sum is divided by the square root of the number of words.
        """
        hits: dict[str, list[Hit]] = {code: [] for code in self._codes}
        starters = _Starters(self._root)
        words = 0
        for number, sentence in enumerate(sentences):
            found = list(_TOKEN.finditer(sentence))
            words += len(found)
            for code, start, end, cue, weight in self._cues(found, starters):
                hits[code].append(Hit(number, start, end, cue, weight))
        scores = [
            FrameScore(code, _score(own, words), tuple(own), carried=_carried(own, len(sentences)))
            for code, own in hits.items()
        ]
        return tuple(sorted(scores, key=lambda frame: -frame.score))

    def _cues(
        self, words: Sequence[re.Match[str]], starters: Mapping[str, Sequence[_Node]]
    ) -> Iterator[tuple[str, int, int, str, float]]:
        """The cues of one sentence: frame, start, end, cue, weight."""
        free_from = dict.fromkeys(self._codes, 0)
        for i, word in enumerate(words):
            nodes = starters[word[0]]
            longest = _longest(nodes, words, i) if nodes else {}
            if idiom := longest.pop(_IDIOM, None):
                free_from = {code: max(free, idiom[0]) for code, free in free_from.items()}
            for code, (end, cue, weight) in longest.items():
                if free_from[code] <= word.start() and not _is_in_name(words, i, end):
                    free_from[code] = end
                    yield code, word.start(), end, cue, weight


def choose(scores: Sequence[FrameScore], *, floor: float = FLOOR, share: float = SHARE) -> Framing:
    """Say which frames are present: those over the floor with a fair share of the strongest one's score.

    Args:
        scores: what `tally` gave.
        floor: lowest score of a frame that counts; when no frame reaches it, the primary frame is "none".
        share: lowest part (0..1) of the strongest score that a further frame needs.
    """
    ranked = sorted(scores, key=lambda frame: -frame.score)
    least = max(floor, share * ranked[0].score) if ranked else floor
    present = tuple(frame for frame in ranked if frame.hits and frame.carried and frame.score >= least)
    return Framing(primary=present[0].code if present else "none", present=present)


def cue_steps(cue: str) -> tuple[str, ...]:
    """The cue as a row of normalised tokens; two cues with the same steps match the same words."""
    steps: list[str] = []
    for token in _TOKEN.finditer(cue):
        if token[0] == "*" and steps:
            steps[-1] += "*"
        else:
            steps.append(_normal(token[0]))
    return tuple(steps)


def cue_problem(cue: str) -> str | None:
    """Why a cue could never match or says other than it seems to, or None when it is sound."""
    if not any(character.isalnum() or character in "%$€£¥" for character in cue):
        return "has no word in it; remove it"
    if cue != cue.lower():
        return "has upper-case letters; write it in lower case, it matches any case"
    if cue != " ".join(cue.split()):
        return "has spaces at an end or in a row; write single spaces"
    if re.search(r"(?<!\w)\*|\*(?!\s|$)", cue):
        return "has a * that does not end a word; write a stem as 'immigra*'"
    return None


def _longest(nodes: Sequence[_Node], words: Sequence[re.Match[str]], i: int) -> dict[str, tuple[int, str, float]]:
    """For each frame the longest cue that begins with word `i`: its end, the cue, its weight."""
    best: dict[str, tuple[int, str, float]] = {}
    while nodes:
        end = words[i].end()
        for node in nodes:
            best.update({code: (end, cue, weight) for code, (cue, weight) in node.ends.items()})
        i += 1
        nodes = [onward for node in nodes for onward in node.after(_normal(words[i][0]))] if i < len(words) else ()
    return best


def _is_in_name(words: Sequence[re.Match[str]], i: int, end: int) -> bool:
    """Whether a cue of one word is a part of an English name: "Health Street", "Nora Price"."""
    if words[i].end() != end or not words[i][0][0].isupper():
        return False
    before, behind = (_capitalised(words, k) for k in (i - 1, i + 1))
    given = entries("names", "he", "words") | entries("names", "she", "words")
    return behind in entries("names", "landforms", "words") or before in given - entries("names", "titles", "words")


def _capitalised(words: Sequence[re.Match[str]], k: int) -> str:
    """A word with a capital, in lower case; "" for any other and where there is none."""
    word = words[k][0] if 0 <= k < len(words) else ""
    return word.lower() if word[:1].isupper() else ""


def _score(hits: Sequence[Hit], words: int) -> float:
    times = Counter((hit.cue, hit.weight) for hit in hits)
    damped = sum(weight * (1 + math.log(count)) for (_, weight), count in times.items())
    return damped / math.sqrt(max(words, _SHORTEST))


def _carried(hits: Sequence[Hit], sentences: int) -> bool:
    places = {(hit.cue, hit.sentence, hit.weight) for hit in hits if hit.weight >= _LEANING}
    strong = sum(weight >= _STRONG for _, _, weight in places)
    if sentences <= 1 or strong > (sentences > _FEW):
        return True
    return len({cue for cue, *_ in places}) > 1 or 2 * len(places) > sentences


def _normal(token: str) -> str:
    return _APOSTROPHES.get(token) or token.casefold()
