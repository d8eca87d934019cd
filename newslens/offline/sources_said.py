"""Every attribution of one sentence: those with a subject beside the verb, those with one far off, and the unnamed."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, islice

from newslens.offline.attribution import Attribution, within
from newslens.offline.grammar import AUXILIARIES, CONJUNCTIONS, DETERMINERS, PREPOSITIONS
from newslens.offline.lexicon import entries, forms, verb_forms
from newslens.offline.parsing import Parse
from newslens.offline.phrases import Range, after, before
from newslens.offline.sources_claim import Claim, claim, completed
from newslens.offline.sources_unnamed import unnamed

_AUTHORS = frozenset({"i", "we", "you"})  # who speaks to the reader is no source
_INSERTED = 24  # words between a subject and its verb: "A person who attended a trial in March said"
_OPENS = frozenset({"who", ","})
_NO_REPORT = PREPOSITIONS | {"to", "the", "a", "an", "not", "that"}  # before a verb: "declined to say"
_NO_STATEMENT = PREPOSITIONS | CONJUNCTIONS | {"to", "so", "no", "nothing", "something", "little", "much", "more"}
_FEWEST = 3  # words of a statement


def said(parsed: Parse) -> tuple[Claim, ...]:
    """The attributions of a sentence in order; none inside the words that another one attributes."""
    near = _apart(parsed, [_claim(parsed, one) for one in within(parsed)])
    known = {one.cue[0] for one in near}
    far = [one for one in _far(parsed) if one.cue[0] not in known]
    taken: set[int] = set()
    kept: list[Claim] = []
    for one in chain(sorted([*near, *far], key=_reach, reverse=True), unnamed(parsed)):
        if one.cue[0] not in taken and one.content and not _by_author(parsed, one):
            taken.update(_covered(one) if one.source else range(*one.cue))
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.cue))


def _reach(one: Claim) -> int:
    return sum(last - first for first, last in one.content)


def _apart(parsed: Parse, claims: list[Claim]) -> list[Claim]:
    """Each with its own words only, where a source goes on: "she said he was ill, adding that he was in bed"."""
    cues = {one.source: [other.cue[0] for other in claims if other.source == one.source] for one in claims}
    return [_until(parsed, one, min((k for k in cues[one.source] if k > one.cue[0]), default=0)) for one in claims]


def _until(parsed: Parse, one: Claim, cue: int) -> Claim:
    kept = [(first, min(last, cue)) for first, last in one.content if first < cue]
    return claim(parsed, one.source, one.cue, kept) if cue and one.content[0][0] > one.cue[0] else one


def _covered(one: Claim) -> Iterable[int]:
    return chain(range(*one.cue), *(range(*part) for part in one.content))


def _by_author(parsed: Parse, one: Claim) -> bool:
    return one.source is not None and parsed.lows[one.source[0]] in _AUTHORS


def _claim(parsed: Parse, one: Attribution) -> Claim:
    """The claim with the whole of its source, and with a quotation that goes on behind it."""
    source, cue, content = parsed.at(*one.source), parsed.at(*one.cue), parsed.at(*one.content)
    source = completed(parsed, source)
    ahead = content[1] <= cue[0]
    return claim(parsed, source, cue, [content, *(_going_on(parsed, max(cue[1], source[1])) if ahead else ())])


def _going_on(parsed: Parse, behind: int) -> Iterator[Range]:
    """The rest of a quotation that was broken off: `"We stay," she said, "until then"`."""
    rest = [i for i in range(behind, len(parsed.words)) if parsed.quote[i] >= 0]
    clear = _cues().isdisjoint(parsed.lows[behind : rest[0]]) if rest else False
    if rest and clear and parsed.words[rest[0] - 1].text in "“\"‘'":
        yield rest[0], rest[-1] + 1


@cache
def _cues() -> frozenset[str]:
    return verb_forms("cues", "speech") | verb_forms("cues", "thought") | verb_forms("sources", "verbs")


def _far(parsed: Parse) -> Iterator[Claim]:
    """Claims whose verb the reader of attributions finds once what stands between subject and verb is left out."""
    for i in range(1, len(parsed.words)):
        if parsed.lows[i] not in _cues() or parsed.quote[i] >= 0 or parsed.lows[i - 1] in _NO_REPORT:
            continue
        if parsed.passive(i) or parsed.lows[i].endswith("ing"):
            continue
        found = chain(_interrupted(parsed, i), _shortened(parsed, i), _loose(parsed, i))
        yield from islice(found, 1)


def _shortened(parsed: Parse, i: int) -> Iterator[Claim]:
    for gap in _gaps(parsed, i):
        found = (one for one in within(_left_out(parsed, gap)) if one.cue[0] == parsed.words[i].start)
        yield from (_claim(parsed, one) for one in found)


def _loose(parsed: Parse, i: int) -> Iterator[Claim]:
    """`Critics say the law goes too far`, `It was slow, officials say`: clause or source have no sure form."""
    source = before(parsed.words, i) or _opening(parsed, i)
    if source is None:
        return
    behind = parsed.words[i + 1] if i + 1 < len(parsed.words) else None
    if behind is not None and behind.low == "that":
        yield claim(parsed, source, (i, i + 1), [(i + 2, len(parsed.words))])
    elif parsed.lows[i] not in forms("say"):
        return
    elif behind is None or not behind.text[0].isalnum():
        yield from _told_before(parsed, source, i)
    elif behind.low not in _no_clauses() and i + _FEWEST < len(parsed.words) and not _is_thing(parsed, i + 1):
        yield claim(parsed, source, (i, i + 1), [(i + 1, len(parsed.words))])


def _is_thing(parsed: Parse, k: int) -> bool:
    """Whether a pronoun is all that was said: "she said it without heat"."""
    behind = parsed.words[k + 1]
    return parsed.lows[k] in {"it", "this", "these"} and (behind.low in PREPOSITIONS or not behind.text[0].isalnum())


def _told_before(parsed: Parse, source: Range, i: int) -> Iterator[Claim]:
    """What a sentence tells before its source at the end: `That was slow to come, military officials say`."""
    comma = source[0] - 1
    if comma > _FEWEST and parsed.lows[comma] == "," and parsed.lows[i + 1 : i + 2] in {(".",), ()}:
        yield claim(parsed, source, (i, i + 1), [(0, comma)])


def _opening(parsed: Parse, i: int) -> Range | None:
    """The words before the verb, if they are one phrase: "Local media", "Superintendent Rao of the county police"."""
    whole = _phrase(parsed, 0, i)
    sure = parsed.words[0].low in DETERMINERS or parsed.words[0].low in entries("names", "titles", "words")
    speaks = parsed.lows[i - 1] in entries("sources", "media", "nouns")
    return whole if whole == (0, i) and (sure or speaks) else None


@cache
def _no_clauses() -> frozenset[str]:
    """Words that open no statement behind "said"."""
    return _NO_STATEMENT | AUXILIARIES | entries("names", "never", "words")


def _interrupted(parsed: Parse, i: int) -> Iterator[Claim]:
    """`The new rosters, he said, were needed`."""
    source = before(parsed.words, i) if parsed.lows[i + 1 : i + 2] == (",",) else None
    if source is not None and source[0] > 1 and parsed.words[source[0] - 1].text == ",":
        yield claim(parsed, source, (i, i + 1), [(0, len(parsed.words))])


def _gaps(parsed: Parse, i: int) -> Iterator[Range]:
    """What may stand between the subject of verb `i` and the verb, or before a part of a whole: "two of"."""
    part = next((k for k in range(i - 2, max(0, i - 6), -1) if parsed.lows[k] == "of"), 0)
    if part and parsed.words[part - 1].low in DETERMINERS:
        yield part - 1, part + 1
    name = before(parsed.words, i)
    if name is not None and name[0] > 1 and parsed.lows[name[0] - 2] == "the" and parsed.words[name[0] - 1].capital:
        yield name[0] - 1, name[0]  # the New York Times
    subject = _phrase(parsed, 0, i)
    if subject is None or not 1 < i - subject[1] <= _INSERTED:
        return
    opens = parsed.lows[subject[1]]
    closes = parsed.lows[i - 1] == ","
    if opens in _OPENS and (opens != "," or closes):
        yield subject[1], i


def _phrase(parsed: Parse, first: int, behind: int) -> Range | None:
    """The noun phrase with what hangs on it by prepositions: "Several people in the coalition"."""
    words = parsed.words[:behind]
    found = after(words, first)
    while found is not None and found[1] < behind - 1:
        at = found[1] + (parsed.lows[found[1]] in entries("sources", "withheld", "words"))
        more = after(words, at + 1) if parsed.lows[at] in PREPOSITIONS | {"to"} else None
        if more is None:
            break
        found = (first, more[1])
    return found


def _left_out(parsed: Parse, gap: Range) -> Parse:
    """The sentence without some of its words; those that are left keep their offsets."""
    first, last = gap
    words, lows, clause, quote = (
        (*whole[:first], *whole[last:]) for whole in (parsed.words, parsed.lows, parsed.clause, parsed.quote)
    )
    return Parse(words, lows, clause, quote, parsed.awaited)
