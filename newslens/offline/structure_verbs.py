"""Finite verbs without a tagger: auxiliaries, past forms, and present forms before an object."""

from functools import cache

from newslens.offline.grammar import AUXILIARIES, BORDERS, DETERMINERS, POSSESSIVES, PREPOSITIONS
from newslens.offline.lexicon import entries, listed, plural, table, verb_forms
from newslens.offline.parsing import Parse
from newslens.offline.phrases import skip_back

_FINITE = (AUXILIARIES - {"be", "been", "being"}) | {"ought"}
_NO_VERB_BEHIND = DETERMINERS | PREPOSITIONS | POSSESSIVES | {"'s", "to"}
_STOPS = BORDERS | {"that", "which", "who", "whose", "whom", "where", ",", "and", "as", "than"}
_OBJECT = DETERMINERS | POSSESSIVES | {"that", "to", "for", "on", "off", "in", "out", "up", "down", "from", "with"}
_SURE_OBJECT = DETERMINERS | POSSESSIVES | {"that"}


def is_finite(parsed: Parse, first: int, k: int) -> bool:
    """Whether word `k` may be the first word of a finite verb whose subject begins at word `first`."""
    low, word = parsed.lows[k], parsed.words[k]
    if low in _FINITE or low.endswith("n't"):
        return not (low in {"may", "will"} and word.capital) and parsed.lows[k - 1] != "to"
    if word.capital or parsed.quote[k] >= 0:
        return False
    before = skip_back(parsed.words, k - 1)
    if before < first or parsed.lows[before] in _NO_VERB_BEHIND:
        return False
    return _is_past(parsed, k) or _is_present(parsed, k, before)


def _is_past(parsed: Parse, k: int) -> bool:
    low = parsed.lows[k]
    if low in entries("structure", "verbs", "doubtful"):
        return _has_object(parsed, k)
    if low in entries("structure", "verbs", "never"):
        return False
    regular = low.endswith("ed") and not low.endswith("eed")
    return low in pasts() or (regular and not _is_adjective(parsed, k))


def _is_adjective(parsed: Parse, k: int) -> bool:
    """`State-owned firms`, `2,000 displaced people`."""
    number = parsed.words[k - 1].text[0].isdigit() or parsed.lows[k - 1] in {"hundred", "thousand", "million"}
    counted = number and parsed.lows[k + 1 : k + 2] != ()
    plural_behind = counted and parsed.lows[k + 1].endswith(("s", "people", "men", "women", "children"))
    return "-" in parsed.lows[k] or parsed.lows[k - 1] == "-" or plural_behind


def _is_present(parsed: Parse, k: int, before: int) -> bool:
    """`Importers face a week`, `the union opposes the contract`: before an object only, for many are nouns too."""
    low = parsed.lows[k]
    plural_before = parsed.lows[before].endswith("s") and not parsed.lows[before].endswith("'s")
    if low in _thirds() or (low in _plains() and plural_before):
        return _has_object(parsed, k)
    known = low in _known() and (low.endswith("s") or plural_before)
    return known and parsed.lows[k + 1 : k + 2] != () and parsed.lows[k + 1] in _SURE_OBJECT


def _has_object(parsed: Parse, k: int) -> bool:
    behind = parsed.words[k + 1] if k + 1 < len(parsed.words) else None
    return behind is not None and (behind.low in _OBJECT or behind.capital or behind.text[0].isdigit())


def is_reduced(parsed: Parse, k: int, last: int) -> bool:
    """Whether a participle belongs to the subject, as in "a man accused of murder was jailed"."""
    low = parsed.lows[k]
    if (
        not (low.endswith("ed") or low in _participles())
        or k + 1 >= last
        or parsed.lows[k + 1] not in PREPOSITIONS | {"to"}
    ):
        return False
    stop = next((m for m in range(k + 1, last) if parsed.lows[m] in _STOPS), last)
    return any(is_finite(parsed, k, m) and not parsed.lows[m].endswith("ing") for m in range(k + 2, stop))


def is_participle(low: str) -> bool:
    """Whether a word may be a past participle."""
    return low.endswith("ed") or low in _participles()


@cache
def _participles() -> frozenset[str]:
    """Irregular participles; "said on Monday" and "told" have a subject of their own."""
    known = {form.split()[-1] for form in table("inflection")["irregular"].values()}
    return frozenset(known) - verb_forms("cues", "speech") - verb_forms("cues", "thought") - AUXILIARIES


@cache
def pasts() -> frozenset[str]:
    """Irregular past forms."""
    known = {form.split()[0] for form in table("inflection")["irregular"].values()}
    return (
        entries("structure", "verbs", "past") | known | {"says", "has", "is", "remains", "becomes", "seems", "appears"}
    )


def _plains() -> frozenset[str]:
    return entries("structure", "verbs", "present")


@cache
def _thirds() -> frozenset[str]:
    return frozenset(map(plural, _plains()))


@cache
def _known() -> frozenset[str]:
    """Verbs of the other lists, plain and in the third person."""
    groups = [("verbs", name, "verbs") for name in table("verbs") if name != "origin"]
    sides = [("stances", "favor", "verbs"), ("stances", "against", "verbs"), ("cues", "speech", "verbs")]
    verbs = frozenset(verb for group in (*groups, *sides) for verb in listed(*group))
    return verbs | frozenset(map(plural, verbs))
