"""Every side taken in a text, with its holder and target named."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from newslens.offline.assertion import asserted, open_statement
from newslens.offline.attribution import Attribution, within
from newslens.offline.grammar import BE, DETERMINERS, PRONOUNS
from newslens.offline.holders import belied, is_thing
from newslens.offline.issues import around, is_issue, issues
from newslens.offline.judgements import judgement, labelled
from newslens.offline.language import english
from newslens.offline.lexicon import entries, verb_forms
from newslens.offline.names import Actor, actors, title_case
from newslens.offline.parsing import Parse, parse
from newslens.offline.phrases import Range
from newslens.offline.predicates import Claim, claims
from newslens.offline.pronouns import Referents
from newslens.offline.topics import LINKING, Key, completed, key, telling, trimmed
from newslens.offline.turns import turns

AUTHOR = "author"
Voice = Literal["author", "quoted", "paraphrased", "headline"]

_FIRST_PERSON = frozenset({"i", "we"})
_THIRD_PERSON = frozenset({"he", "she", "it"})
_I = frozenset({"i", "my", "i'm", "i've", "i'd", "i'll", "me"})
_COLUMN = 2  # sentences with "I" outside quotations that make a text an author's own opinion
_SAMPLE = 50  # sentences that tell the language
_POINTING = PRONOUNS | {"this", "that"}
_JOINTS = LINKING | {"of", "at", "and"}
_NAMELESS = PRONOUNS | DETERMINERS | {"some", "others", "those", "people", "ones"}  # who they are is not said
_HARDLY = frozenset({"hardly", "barely", "scarcely", "not"})
_NOBODY = _HARDLY | {"few", "no", "none", "nobody", "neither", "little"}


class Side(NamedTuple):
    """One holder for or against one target in one sentence.

    Attributes:
        holder: the fullest name, the phrase as it stands, or "author".
        target: the phrase as it stands.
        key: the words of the target that tell whether two phrases name the same.
        cue: the deciding words, half-open code points in the sentence.
        telling: the target is worth a position that nobody asked for.
    """

    holder: str
    target: str
    key: Key
    favor: bool
    voice: Voice
    sentence: int
    cue: tuple[int, int]
    telling: bool = True


@dataclass(frozen=True, slots=True)
class Text:
    """A text read once: parses, attributions, actors.

    Attributes:
        english: whether it may be in English at all.
        column: the author speaks as "I", so that what is said without a source is the author's.
        turns: who speaks in the sentences of an interview.
    """

    sentences: Sequence[str]
    parses: tuple[Parse, ...]
    attributions: tuple[tuple[Attribution, ...], ...]
    actors: tuple[Actor, ...]
    referents: Referents
    headlines: frozenset[int]
    english: bool
    column: bool
    ending: Mapping[tuple[int, int], Actor] = field(repr=False)
    turns: Mapping[int, str | None] = field(default_factory=dict, repr=False)

    def holder(self, sentence: int, start: int, end: int) -> str | None:
        """Who is meant by a phrase: an actor's fullest name, "author", the phrase itself, or None when not sure."""
        phrase = self.sentences[sentence][start:end]
        low = phrase.lower()
        if low in _FIRST_PERSON:
            return self.speaker(sentence, start)
        actor = self._named(sentence, start, end)
        if actor is not None:
            return actor.name
        reporting = self._reporting(sentence, start, low)
        if reporting is not None:
            return reporting
        actor = self.referents.of(low, sentence, start)
        if actor is not None:
            return actor.name
        vague = _NAMELESS.issuperset(low.split())
        return None if vague or sentence in self.headlines else phrase

    def _named(self, sentence: int, start: int, end: int) -> Actor | None:
        """The actor whose name a phrase is, titles apart: not Hull for "the mayor of Hull"."""
        actor = self.ending.get((sentence, end))
        if actor is None:
            return None
        name = next(m.start for m in actor.mentions if (m.sentence, m.end) == (sentence, end))
        before = self.sentences[sentence][start:name].lower().split()
        return actor if _JOINTS.isdisjoint(before) else None

    def _reporting(self, sentence: int, start: int, pronoun: str) -> str | None:
        """The source of a clause that a pronoun opens: "Lee said he was against it", "The union said it was"."""
        told = [one for one in self.attributions[sentence] if one.content[0] == start > one.source[0]]
        if not told or pronoun not in _THIRD_PERSON:
            return None
        first, last = told[0].source
        actor = self._named(sentence, first, last)
        phrase = self.sentences[sentence][first:last].lower()
        body = actor.kind not in {"person", "place"} if actor else phrase.split()[-1] in _bodies()
        fits = body if pronoun == "it" else actor is None or actor.pronoun in {pronoun, None}
        return self.holder(sentence, first, last) if fits and phrase not in PRONOUNS else None

    def speaker(self, sentence: int, start: int) -> str | None:
        """Whose words stand at a place: a source's or the author's; None in a quotation without a source."""
        for one in self.attributions[sentence]:
            if one.content[0] <= start < one.content[1]:
                return self._source(sentence, one)
        return None if self.parses[sentence].quoted(start) else self.turns.get(sentence, AUTHOR)

    def _source(self, sentence: int, one: Attribution) -> str | None:
        if _first_person(self.sentences[sentence], one):
            return AUTHOR if self.column else None
        return self.holder(sentence, *one.source)

    def voice(self, sentence: int, holder: str, start: int) -> Voice:
        """In what voice a holder's side is told at a place."""
        if sentence in self.headlines:
            return "headline"
        if holder == AUTHOR:
            return "author"
        quoted = sentence in self.turns or self.parses[sentence].quoted(start)
        return "quoted" if quoted and self.speaker(sentence, start) == holder else "paraphrased"


def _first_person(sentence: str, one: Attribution) -> bool:
    return sentence[one.source[0] : one.source[1]].lower() in _FIRST_PERSON


def read(sentences: Sequence[str], *, title: str | None = None, paragraphs: Sequence[int] = ()) -> Text:
    """Read a text once for all questions about it."""
    parses = tuple(parsed_on(sentences, frozenset(paragraphs)))
    named = actors(sentences, [one.words for one in parses])
    headlines = frozenset(k for k, one in enumerate(parses) if title_case(one.words) or _same(sentences[k], title))
    spoken = turns(sentences, paragraphs, named)
    return Text(
        sentences,
        parses,
        tuple(map(within, parses)),
        named,
        Referents(named, paragraphs=paragraphs, quoted=lambda k, start: parses[k].quoted(start)),
        headlines,
        english([word for one in parses[:_SAMPLE] for word in one.words]),
        sum(_says_i(one) for k, one in enumerate(parses) if k not in spoken) >= _COLUMN,
        {(m.sentence, m.end): actor for actor in named for m in actor.mentions},
        spoken,
    )


def parsed_on(sentences: Sequence[str], paragraphs: frozenset[int]) -> Iterator[Parse]:
    """Every sentence, knowing of a quotation that runs on from the one before; a new paragraph would reopen it."""
    awaited = ""
    for k, sentence in enumerate(sentences):
        # Without paragraphs a straight mark that was left out would turn all that follows inside out.
        runs_on = k not in paragraphs and (paragraphs or awaited != '"')
        parsed = parse(sentence, awaited=awaited if runs_on else "")
        awaited = parsed.awaited
        yield parsed


def _same(sentence: str, title: str | None) -> bool:
    return title is not None and sentence.split() == title.split()


def _says_i(parsed: Parse) -> bool:
    return not _I.isdisjoint(parsed.lows) and any(
        low in _I and quote < 0 for low, quote in zip(parsed.lows, parsed.quote, strict=True)
    )


def sides(text: Text) -> Iterator[Side]:
    """The sides taken, in order; an offer that somebody takes a side on stands for what is offered."""
    offered: dict[str, Side] = {}
    for k, parsed in enumerate(text.parses):
        for claim in _claims(text, k, parsed):
            side = _side(text, k, claim)
            if side is None:
                continue
            if side.key[-1] in entries("stances", "offers", "nouns"):
                side = _of_the_thing(side, offered)
            elif claim.offers:
                if not _offerable(side.key):
                    continue
                offered[side.holder.lower().split()[-1]] = offered[""] = side
            yield side


def _claims(text: Text, k: int, parsed: Parse) -> Iterator[Claim]:
    yield from claims(parsed)
    for one in text.attributions[k]:
        cue = parsed.at(*one.cue)
        if not asserted(parsed, cue[0]) or parsed.negated(cue[0]):
            continue
        labels = parsed.words[cue[0]].low in verb_forms("cues", "labels")
        passed = (labelled if labels else judgement)(parsed, parsed.at(*one.content))
        if passed is not None and open_statement(parsed, passed.cue[0]):
            yield Claim(parsed.at(*one.source), passed.target, passed.favor, passed.cue)


def _side(text: Text, k: int, claim: Claim) -> Side | None:
    words = text.parses[k].words
    verb = words[claim.cue[0]]
    cue = (verb.start, words[claim.cue[1] - 1].end)
    holder = _holder(text, k, claim, cue[0])
    part = trimmed(words, claim.target, accused=verb.low in verb_forms("stances", "accusing"))
    target = _target(text, k, part)
    naming = key(target) if target else ()
    nameless = not any(word.isalpha() or "-" in word for word in naming)
    if holder is None or target is None or nameless or key(holder) == naming:
        return None
    if belied(holder, naming, favor=claim.favor):
        return None
    worth = telling(words, part, naming, verb=words[claim.cue[1] - 1].low, holder=holder)
    return Side(holder, target, naming, claim.favor, text.voice(k, holder, cue[0]), k, cue, worth)


def _holder(text: Text, k: int, claim: Claim, start: int) -> str | None:
    if claim.holder is None:
        speaker = text.speaker(k, start)
        return None if speaker == AUTHOR and not text.column else speaker
    words = text.parses[k].words
    first = claim.holder[0]
    if words[first].low in _NOBODY or (first and words[first - 1].low in _HARDLY):
        return None  # "few senators", "not all senators"
    thing = is_thing(words[slice(*claim.holder)])
    return None if thing else text.holder(k, words[first].start, words[claim.holder[1] - 1].end)


def _target(text: Text, k: int, part: Range) -> str | None:
    """The phrase; a bare noun with what it is on or for; for "it" the issue that was named last in the paragraph."""
    words = text.parses[k].words
    first, last = part
    if last - first == 1 and words[first].low in _POINTING:
        own = text.holder(k, words[first].start, words[first].end) if words[first].low == "it" else None
        return own or (_last_issue(text, k, first) if words[first].low in {"it", "this", "that"} else None)
    last = completed(words, part)[1]
    return text.sentences[k][words[first].start : words[last - 1].end] if first < last else None


def _bodies() -> frozenset[str]:
    return entries("names", "organisations", "words") | entries("sources", "firms", "words")


def _offerable(naming: Key) -> bool:
    never = entries("stances", "offers", "never")
    return naming[-1] not in never and not issues().isdisjoint(naming)


def _of_the_thing(side: Side, offered: Mapping[str, Side]) -> Side:
    """The side on what was offered, where the text has told that: by the one whose offer it is, else last."""
    thing = next((offered[word] for word in side.key if word in offered), offered.get(""))
    return side if thing is None else side._replace(target=thing.target, key=thing.key)


def _last_issue(text: Text, sentence: int, word: int) -> str | None:
    """The last thing before a word, in its paragraph, that people may argue about."""
    for k in range(sentence, text.referents.reach(sentence) - 1, -1):
        words = text.parses[k].words
        for i in range((word if k == sentence else len(words)) - 1, -1, -1):
            if is_issue(words, i):
                first, last = around(words, i)
                if first > 0 and words[first - 1].low in BE:
                    continue  # "it is a bad plan" says it of something named before
                return text.sentences[k][words[first].start : words[last - 1].end]
    return None
