"""The words of a sentence that colour a target, and how each of them stands to it.

Verbs carry a polarity toward their subject and toward their object (connotation frames: Rashkin, Singh and Choi 2016),
nouns and adjectives toward what they belong to.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple

from newslens.offline.grammar import DETERMINERS, POSSESSIVES
from newslens.offline.lexicon import forms, listed, plural, table
from newslens.offline.names import title_case
from newslens.offline.parsing import Parse
from newslens.offline.phrases import Range

Role = Literal["subject", "object", "actor", "direct", "predicate", "clause", "away"]

NEGATED = -0.6  # "not praised" is less against than "praised" is for

_PRONOUNS = frozenset({"he", "she", "they", "him", "them", "i", "we", "you", "me", "us", "who"}) | POSSESSIVES
_OWNING = POSSESSIVES | {"'s"}
_LINKS = frozenset(
    {
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "seem",
        "seems",
        "seemed",
        "become",
        "became",
        "becomes",
        "look",
        "looks",
        "looked",
        "remain",
        "remains",
        "remained",
    }
)
_BELONGING = frozenset({"of", "to", "by", "for", "against"})
_BEFORE_NOUN = frozenset({"'s", "of", "in", "for", "with", "no", "under"})
_AFTER_MARK = frozenset("“\"‘'.:")
_SUBJECT_REACH, _OBJECT_REACH = 9, 5  # words between a verb and its subject or object
_PREDICATE_REACH, _NEAR = 8, 4


class Connotation(NamedTuple):
    """What the writer implies by a word: about the one who does it, and about the one it is done to."""

    subject: int
    object: int

    @property
    def sign(self) -> int:
        """The colour of the word where the target is neither."""
        return self.object or self.subject


class Cue(NamedTuple):
    """A word that colours the target.

    Attributes:
        word: its index.
        role: what the target is to it: its subject or object; the actor of something done to somebody else; what a
            noun or adjective stands directly beside or belongs to; what it is said of; or merely in the same clause
            as the word, or away from it.
        value: the colour on the target, negative against, 0.6 of it when negated and turned round.
    """

    word: int
    role: Role
    value: float


@cache
def _verbs() -> Mapping[str, Connotation]:
    groups = [(name, group) for name, group in table("verbs").items() if name != "origin"]
    return {
        form: Connotation(group["subject"], group["object"])
        for name, group in reversed(groups)  # a verb in two groups belongs to the first
        for verb in listed("verbs", name, "verbs")
        for form in forms(verb)
    }


@cache
def _qualities() -> Mapping[str, int]:
    found: dict[str, int] = {}
    for noun_group, sign in (("merit", 1), ("fault", -1)):
        for noun in listed("words", noun_group, "words"):
            found |= {noun: sign, plural(noun): sign}
    for group, sign in (("good", 1), ("bad", -1)):
        found |= dict.fromkeys(listed("words", group, "words"), sign)
    return found


def quality(word: str) -> int:
    """The colour of a noun, adjective or adverb by itself: 1, -1, or 0 for none."""
    return _qualities().get(word, 0)


def cues(parsed: Parse, targets: Sequence[Range]) -> Iterator[Cue]:
    """The colouring words of a sentence outside the targets; each in the strongest role that any target has to it."""
    inside = {i for first, last in targets for i in range(first, last)}
    shouted = title_case(parsed.words)
    for i, word in enumerate(parsed.words):
        if i in inside or (word.capital and i and not shouted and parsed.words[i - 1].text not in _AFTER_MARK):
            continue  # a name
        verb, sign = _verbs().get(word.low), quality(word.low)
        if verb is None and not sign:
            continue
        turn = NEGATED if parsed.negated(i) else 1.0
        if not sign and _as_noun(parsed, i):
            continue  # "a slide", "the east side"
        if verb is not None and (not sign or not _as_noun(parsed, i)):
            yield _verb_cue(parsed, targets, i, verb, turn)
        else:
            role = _strongest(_quality_role(parsed, target, i) for target in targets)
            yield Cue(i, role, turn * sign)


def _verb_cue(parsed: Parse, targets: Sequence[Range], i: int, verb: Connotation, turn: float) -> Cue:
    role = _strongest(_verb_role(parsed, target, i) for target in targets)
    if role == "subject" and not verb.subject:
        return Cue(i, "actor", turn * verb.sign)
    if role == "object" and not verb.object:
        return Cue(i, "clause", turn * verb.sign)
    value = {"subject": verb.subject, "object": verb.object}.get(role, verb.sign)
    return Cue(i, role, turn * value)


def _strongest(roles: Iterator[Role]) -> Role:
    found = list(roles)
    close = [role for role in found if role not in {"clause", "away"}]
    return close[0] if close else "clause" if "clause" in found else "away"


def _as_noun(parsed: Parse, i: int) -> bool:
    """Whether a word that may be a verb stands where a noun does: "the attack", "no support", "a fierce fight"."""
    before = parsed.words[i - 1].low if i else ""
    return before in DETERMINERS or before in _BEFORE_NOUN or before in _qualities()


def _verb_role(parsed: Parse, target: Range, i: int) -> Role:
    if not _same_clause(parsed, target, i):
        return "away"
    first, last = target
    words = parsed.words
    if last <= i:
        owner = last < len(words) and words[last].low == "'s"
        close = i - last <= _SUBJECT_REACH and not _others(parsed, last + owner, i)
        return ("object" if parsed.passive(i) else "subject") if close else "clause"
    between = [word.low for word in words[i + 1 : first]]
    close = len(between) <= _OBJECT_REACH and not {",", "that", "to"} & set(between)
    return ("subject" if between[:1] == ["by"] else "object") if close else "clause"


def _quality_role(parsed: Parse, target: Range, i: int) -> Role:
    if not _same_clause(parsed, target, i):
        return "away"
    first, last = target
    return _role_ahead(parsed, first, i) if i < first else _role_behind(parsed, target, last, i)


def _role_ahead(parsed: Parse, first: int, i: int) -> Role:
    """The word stands before the target: "the disgraced senator", "a critic of the senator"."""
    between = [word.low for word in parsed.words[i + 1 : first]]
    belongs = between[:1] != [] and between[0] in _BELONGING
    beside = not {",", "of", "to", "by"} & set(between)
    near = len(between) < _NEAR and (belongs or (beside and len(between) < _NEAR - 1))
    return "direct" if near else "clause"


def _role_behind(parsed: Parse, target: Range, last: int, i: int) -> Role:
    """The word stands behind the target: "her failure", "Smith is corrupt", "Smith, a hero,"."""
    words = parsed.words
    between = [word.low for word in words[last:i]]
    owned = between[:1] == ["'s"] or any(word.low in _OWNING for word in words[target[0] : last])
    if owned:
        return "direct" if len(between) <= _NEAR else "clause"
    alone = not _others(parsed, last, i)
    linked = len(between) <= _NEAR + 2 and any(low in _LINKS for low in between[:3])
    apposed = len(between) <= _NEAR and between[:1] == [","] and alone
    if linked or apposed:
        return "direct"
    return "predicate" if alone and len(between) <= _PREDICATE_REACH else "clause"


def _same_clause(parsed: Parse, target: Range, i: int) -> bool:
    return target[0] < len(parsed.clause) and parsed.clause[target[0]] == parsed.clause[i]


def _others(parsed: Parse, first: int, last: int) -> bool:
    """Whether somebody else is named between two places."""
    return any((word.capital and k) or word.low in _PRONOUNS for k, word in enumerate(parsed.words[first:last], first))
