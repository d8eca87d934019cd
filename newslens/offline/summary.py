"""Pick the sentences that together say what an article says, by their place and by what they share with the rest."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from newslens.analyses.analysis import Reading
from newslens.offline.language import IDEOGRAPHS, entries

_SENTENCES, _KEY_POINTS = 3, 5
_LEAD = 0.6  # weight of the place; position carries news: its first sentences are a summary that is hard to beat
_NOVELTY = 0.1  # part of the likeness to what is picked that is taken off a score (1 - lambda of MMR)
_SAME = 0.4  # cosine of two sentences that say the same
_CANDIDATES = 200  # only the best are compared with one another, which keeps the cost linear
_FEWEST = 5  # terms of a sentence; what has fewer is a heading, a caption or a torn piece, and not a place in the text
_STEM = 6  # letters: "decline", "declined" and "declining" are one term, in many languages
_CUT = 20_000  # code points of a sentence that are looked at

_WORD = re.compile(rf"[{IDEOGRAPHS}]{{1,2}}|[^\W_{IDEOGRAPHS}]+")
_ENDS = re.compile(r"[.!?…。！？؟।]\W{0,3}$")


def read_summary(reading: Reading) -> dict[str, Any]:
    """Key points that are sentences of the article; the summary is the first of them."""
    article = reading.article
    texts = [" ".join(span.text.split()) for span in article.sentences]
    picked = pick_sentences(texts, title=article.title or "")
    return {
        "text": " ".join(texts[index] for index in picked[:_SENTENCES]),
        "key_points": [{"text": texts[index], "evidence": [index + 1]} for index in picked],
    }


def pick_sentences(sentences: Sequence[str], *, title: str = "", count: int = _KEY_POINTS) -> list[int]:
    """Indexes (from 0, in reading order) of the sentences that summarise a text best.

    A sentence scores by its likeness to the TF-IDF centroid of the text and by its place (MEAD: Radev,
    Jing, Styś and Tam 2004). Each pick is the best that does not repeat those before it (maximal marginal relevance:
    Carbonell and Goldstein 1998). A sentence that only repeats the headline is picked only
    if there is nothing else.
    """
    headline = _count_terms(title)
    terms = {k: own for k, text in enumerate(sentences) if (own := _count_terms(text))}
    terms = {k: own for k, own in terms.items() if own != headline} or terms
    uses = Counter(term for own in terms.values() for term in own)
    rarity = {term: math.log(1 + len(terms) / used) for term, used in uses.items()}
    vectors = {k: _weigh(own, rarity) for k, own in terms.items()}
    centroid: Counter[str] = Counter()
    for vector in vectors.values():
        centroid.update(vector)
    likeness = {k: _multiply(vector, centroid) for k, vector in vectors.items()}
    highest = max(likeness.values(), default=1.0)
    scores: dict[int, float] = {}
    place = 0
    for k, vector in vectors.items():
        whole = len(vector) >= _FEWEST and _ENDS.search(sentences[k]) is not None
        scores[k] = (1 - _LEAD) * likeness[k] / highest + whole * _LEAD / (1 + math.log(1 + place))
        place += whole
    left = sorted(scores, key=lambda k: -scores[k])[:_CANDIDATES]
    nearest = dict.fromkeys(left, 0.0)
    picked: list[int] = []
    while left and len(picked) < count:
        best = max(left, key=lambda k: ((1 - _NOVELTY) * scores[k] - _NOVELTY * nearest[k], -k))
        picked.append(best)
        for k in left:
            nearest[k] = max(nearest[k], _multiply(vectors[best], vectors[k]))
        left = [k for k in left if k != best and nearest[k] < _SAME]
    return sorted(picked)


def _count_terms(sentence: str) -> Counter[str]:
    """The beginnings of the content words of a sentence; of scripts without spaces pairs of characters."""
    words = _WORD.findall(sentence[:_CUT].casefold())
    light = entries("language", "english")
    return Counter(word[:_STEM] for word in words if word not in light)


def _weigh(terms: Mapping[str, int], rarity: Mapping[str, float]) -> dict[str, float]:
    """TF-IDF of the terms that the text has, scaled to length 1."""
    vector = {term: count * rarity[term] for term, count in terms.items() if term in rarity}
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {term: weight / length for term, weight in vector.items()}


def _multiply(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(weight * other.get(term, 0.0) for term, weight in one.items())
