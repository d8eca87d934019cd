"""How sure and how strong the words of a claim or a sentence are, and on which side of a matter they stand."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from newslens.offline.headline_terms import Key, Term, Text
from newslens.offline.lexicon import all_forms, entries, table, verb_forms

_REACH = 10  # words over which a hedge reaches forward
_TAIL = 3  # last words of a sentence, where "a study suggests" hedges what stands before
_MARKS = frozenset({",", ";", ":"})

Side = tuple[Key, int]  # a matter, and 1 or -1


def sides(term: Term) -> frozenset[Side]:
    """What a term says of which matter: of itself, and of those whose opposite has a word of its own."""
    sign = -1 if term.denied else 1
    own = {(key, sign) for key in term.keys}
    return frozenset(own | {(matter, sign * side) for matter, side in _taken().get(term.word.low, ())})


def opposite(those: frozenset[Side]) -> frozenset[Side]:
    """The other sides of the same matters."""
    return frozenset((matter, -sign) for matter, sign in those)


@cache
def extremes() -> frozenset[str]:
    """Words that leave no room for more."""
    return entries("headline", "extremes", "words") | verb_forms("headline", "extremes")


def hedges(text: Text) -> list[int]:
    """Places of the words that make a statement a possibility, a claim or a plan; the month of May is none."""
    return [i for i, w in enumerate(text.words) if w.low in _unsure() and not (w.low == "may" and w.capital and i)]


def weakens(sentence: Text, claim: Text) -> bool:
    """Whether a sentence carries half of a claim, its first word left out, and hedges half of what it carries."""
    told = [term.at for term in sentence.terms if any(term.keys & mine.keys for mine in claim.terms[1:])]
    return 2 * len(told) >= len(claim.terms) - 1 and any(_hedged(sentence, at, told) for at in hedges(sentence))


def _hedged(sentence: Text, at: int, told: Sequence[int]) -> bool:
    """Whether a hedge trails its sentence, or reaches forward over half of these words."""
    if at >= len(sentence.words) - 1 - _TAIL and max(told, default=0) < at:
        return True
    ahead = range(at + 1, min(at + 1 + _REACH, len(sentence.words)))
    end = next((i for i in ahead if sentence.lows[i] in _MARKS), ahead.stop)
    return 2 * sum(at < place < end for place in told) >= max(1, len(told))


@cache
def _unsure() -> frozenset[str]:
    words = (entries("faithfulness", name, "words") for name in ("possible", "alleged"))
    verbs = verb_forms("headline", "hedges") | verb_forms("faithfulness", "guess")
    return verbs.union(entries("headline", "hedges", "words"), *words)


@cache
def _taken() -> Mapping[str, frozenset[tuple[str, int]]]:
    """For each word form the matters that it takes a side of."""
    known: dict[str, set[tuple[str, int]]] = {}
    for matter, pair in enumerate(opposed()):
        for sign, words in zip((1, -1), pair, strict=True):
            for form in all_forms(words):
                known.setdefault(form, set()).add((f"matter {matter}", sign))
    return {form: frozenset(those) for form, those in known.items()}


def opposed() -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Words and their counterparts; not those that only oppose each other in front of the same word."""
    listed = table("faithfulness")["opposites"]
    for one, other in listed["pairs"]:
        if set(listed["relational"]).isdisjoint(one.split()):
            yield one.split(), other.split()
    groups = {group.split()[0]: group.split() for group in table("headline")["alike"]["groups"]}
    for one, other in map(str.split, table("headline")["alike"]["opposed"]):
        yield groups[one], groups[other]
