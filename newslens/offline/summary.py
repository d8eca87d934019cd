"""Pick the sentences that together tell what an article says, by where they stand and what they share."""

import heapq
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newslens.offline.frames import IDEOGRAPHS

# Position carries news: the first three sentences of a page are a summary that is hard to beat.
LEAD_WEIGHT = 0.6
# The headline counts in the centroid like this part of the sentences.
HEADLINE_WEIGHT = 0.1
# Two sentences say the same above this cosine (in the seeds, retold sentences lie at .4 to .7),
# or when the longer one has this part of the terms of the shorter.
SAME = 0.4
CONTAINED = 0.65
# Part of the likeness to what is already picked that is taken off a candidate's score (1 - lambda of MMR).
NOVELTY = 0.25
# Only the most salient sentences are judged further and compared, which keeps the cost linear.
CANDIDATES = 200

_WORD = re.compile(rf"[^\W_{IDEOGRAPHS}]+")
_IDEOGRAPHS = re.compile(rf"[{IDEOGRAPHS}]+")
_STEM = 6  # letters kept of a word: "decline", "declined" and "declining" are one term, in many languages
_LONGEST_SENTENCE = 20_000  # code points; what is longer is no sentence, and only its start is looked at

# Words that carry no topic in the languages that most of our readers' articles come in; elsewhere the inverse
# document frequency does the same with more noise.
_STOP_WORDS = frozenset(
    """
    a an the and or but of to in on at by for from with as is are was were be been has have had do
    does did it its this that these those he she they we you i his her their our my your not no so
    if than then there who which what when where will would can could may might should must also
    more most such into over about after before said says say other while s t
    der die das und oder den dem des ein eine einer einem einen ist sind war nicht mit von zu im auf
    für sich
    le la les un une et ou du de au aux est sont que qui dans pour sur pas il elle ils ne se
    el los las y o del al es son en con por para su sus lo no se una más como
    """.split()  # noqa: SIM905 - a list literal of 180 words would fill the screen
)

# Openers that lean on what went before: torn from it, such a sentence says less, or says it of somebody else.
_POINTS_BACK = re.compile(
    r"^\W{0,3}(?:however|moreover|furthermore|meanwhile|therefore|thus|hence|nevertheless|nonetheless|instead"
    r"|besides|additionally|consequently|then|also|but|and|so|yet|or|nor|for (?:instance|example)"
    r"|in (?:contrast|turn)"
    r"|on the other hand|in addition|as a result|by contrast|at the same time|despite (?:this|that)"
    r"|after that"
    r"|he|she|it|they|this|that|these|those|its|his|her|their|such|both|others?|another"
    r"|in (?:conclusion|summary|short))\b",
    re.IGNORECASE,
)
# A quotation without its speaker, or by a "she", does not say who speaks.
_SPEAKER_ELSEWHERE = re.compile(
    r"""^[“"«„][^”"»]*[”"»]?\W{0,3}$"""  # nothing but quotation, perhaps going on
    r"""|^[^“"«„]*[”»]\W{0,3}$"""  # the end of one that began before
    r"""|[”"»],? (?:he|she|they|i) (?:said|says|added|asked|told)\b""",
    re.IGNORECASE,
)
# A question is answered elsewhere, and these phrases announce or praise the news instead of telling it.
_RHETORIC = re.compile(
    r"[?？؟]\W{0,3}$|\brais(?:es?|ed) (?:\w{1,20} ){0,2}questions\b|\bremains to be seen\b"
    r"|\bonly time will tell\b"
    r"|\b(?:is|remains|are) (?:\w{1,20} )?(?:crucial|essential|significant|important|paramount)\b"
    r"|\bmarks a \w{1,20} (?:moment|chapter)\b|\b(?:read more|click here|stay tuned)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?…。！？؟।]\W{0,3}$")
_FEW_TERMS = 5  # content words; what has fewer is a heading, a caption or a torn piece
_LONG = 500  # code points; beyond, a sentence is like the article by its length alone
_FAULT = 0.5  # what each fault leaves of a score: enough to be passed over where there is another
_INSIDE = 0.9  # what is left inside a paragraph: in news its first sentence carries the point


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence that may be picked: its place in the article, its TF-IDF vector of length 1, its score."""

    index: int
    vector: Mapping[str, float]
    score: float


def pick(
    sentences: Sequence[str],
    *,
    paragraphs: Sequence[int] = (),
    title: str | None = None,
    count: int = 5,
) -> tuple[int, ...]:
    """Indices (from 0, in reading order) of the sentences that summarise an article best.

    A sentence scores by its likeness to the article's TF-IDF centroid and by its place (MEAD: Radev, Jing,
    Styś & Tam 2004, Centroid-based summarization of multiple documents). Each pick is the best that does not
    repeat those before it (maximal marginal relevance: Carbonell & Goldstein 1998). Headings, questions,
    stubs and sentences that cannot stand alone score less. No two picks say the same, so there may be fewer
    than `count`.

    Args:
        sentences: the article's sentences, in order, without boilerplate.
        paragraphs: index of the first sentence of each paragraph; empty when it is not known.
        title: the headline, which draws sentences like it; its repetition is picked only if there is nothing else.
        count: largest number of sentences.
    """
    headline = _terms(title or "")
    found = {index: terms for index, text in enumerate(sentences) if (terms := _terms(text))}
    found = {index: terms for index, terms in found.items() if terms != headline} or found
    rarity = _rarity(found)
    vectors = {index: _vector(terms, rarity) for index, terms in found.items()}
    salience = _salience(sentences, vectors, _vector(headline, rarity))
    inside = set(vectors).difference(paragraphs) if paragraphs else set[int]()
    candidates = [
        _Candidate(index, vectors[index], salience[index] * _standing(sentences[index], inside=index in inside))
        for index in heapq.nlargest(CANDIDATES, salience, key=lambda index: salience[index])
    ]
    return tuple(sorted(candidate.index for candidate in _without_repeats(candidates, count)))


def _terms(sentence: str) -> Counter[str]:
    """Terms of a sentence: beginnings of its content words, pairs of neighbours in scripts without spaces."""
    text = sentence[:_LONGEST_SENTENCE].casefold()
    terms = [word[:_STEM] for word in _WORD.findall(text) if word not in _STOP_WORDS]
    for run in _IDEOGRAPHS.findall(text):
        terms += [run[at : at + 2] for at in range(max(1, len(run) - 1))]
    return Counter(terms)


def _rarity(found: Mapping[int, Counter[str]]) -> dict[str, float]:
    """Inverse document frequency of each term, a sentence being a document."""
    uses = Counter(term for terms in found.values() for term in terms)
    return {term: math.log(1 + len(found) / used) for term, used in uses.items()}


def _vector(terms: Counter[str], rarity: Mapping[str, float]) -> dict[str, float]:
    """TF-IDF of the terms that the article has, scaled to length 1."""
    vector = {term: count * rarity[term] for term, count in terms.items() if term in rarity}
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {term: weight / length for term, weight in vector.items()}


def _likeness(vectors: Mapping[int, Mapping[str, float]], headline: Mapping[str, float]) -> dict[int, float]:
    """Likeness of each sentence to the sum of all and of the headline, the highest being 1."""
    centroid = {term: weight * HEADLINE_WEIGHT * len(vectors) for term, weight in headline.items()}
    for vector in vectors.values():
        for term, weight in vector.items():
            centroid[term] = centroid.get(term, 0.0) + weight
    likeness = {index: _dot(vector, centroid) for index, vector in vectors.items()}
    highest = max(likeness.values(), default=1.0)
    return {index: value / highest for index, value in likeness.items()}


def _salience(
    sentences: Sequence[str], vectors: Mapping[int, Mapping[str, float]], headline: Mapping[str, float]
) -> dict[int, float]:
    """Likeness to the whole and place in it. A heading takes no place: the lead comes after it."""
    likeness = _likeness(vectors, headline)
    salience: dict[int, float] = {}
    place = 0
    for index, vector in vectors.items():
        whole = _is_whole(sentences[index], vector)
        lead = LEAD_WEIGHT / (1 + math.log(1 + place)) if whole else 0.0
        salience[index] = ((1 - LEAD_WEIGHT) * likeness[index] + lead) * (1.0 if whole else _FAULT)
        place += whole
    return salience


def _is_whole(sentence: str, terms: Mapping[str, float]) -> bool:
    """It ends like a sentence and has words enough: no heading, dateline, caption or torn piece."""
    words = sum(term.isalpha() and len(term) > 1 for term in terms)
    return words >= _FEW_TERMS and _ENDS.search(sentence.rstrip()[-8:]) is not None


def _standing(sentence: str, *, inside: bool) -> float:
    """What is left of a score: each fault takes its part, and so does a place inside a paragraph."""
    text = sentence[:_LONGEST_SENTENCE].strip()
    faults = sum(pattern.search(text) is not None for pattern in (_POINTS_BACK, _SPEAKER_ELSEWHERE, _RHETORIC))
    return _FAULT ** (faults + (len(text) > _LONG)) * (_INSIDE if inside else 1.0)


def _without_repeats(candidates: Sequence[_Candidate], count: int) -> list[_Candidate]:
    """The best candidates by maximal marginal relevance, without those that say what another says."""
    left = list(candidates)
    nearest = dict.fromkeys((candidate.index for candidate in left), 0.0)
    picked: list[_Candidate] = []
    while left and len(picked) < count:
        best = max(left, key=lambda one: ((1 - NOVELTY) * one.score - NOVELTY * nearest[one.index], -one.index))
        picked.append(best)
        left = [other for other in left if other is not best and not _same(best, other)]
        for other in left:
            nearest[other.index] = max(nearest[other.index], _dot(best.vector, other.vector))
    return picked


def _same(one: _Candidate, other: _Candidate) -> bool:
    shared = len(one.vector.keys() & other.vector.keys())
    shorter = min(len(one.vector), len(other.vector))
    return _dot(one.vector, other.vector) >= SAME or shared >= CONTAINED * shorter


def _dot(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(weight * other.get(term, 0.0) for term, weight in one.items())
