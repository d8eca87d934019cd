"""Read who is heard in an English article without a model: source, cue and content, and what kind of source it is."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from newslens.analyses.analysis import Reading
from newslens.analyses.sources import SourceClass
from newslens.article.article import Article
from newslens.article.sentences import find_quotations
from newslens.article.spans import Span
from newslens.offline.attribution import Attribution, find_attributions
from newslens.offline.language import Word, cut, entries, listed, need_english
from newslens.offline.noun_phrases import DETERMINERS, JOINING, OPENING, Range

_SHOWN = 3  # words of `opens` and of `closes`
_RUN = 40  # sentences of one quotation at most
_QUOTED = 0.5  # share of a sentence's words, from which it goes on with a quotation
_NEAR = 2  # sentences to either side that may grant a source its anonymity
_ROLE, _TITLED = 12, 3  # words of a role, and of its part that has a title
_REASON = 4  # words between "anonymity" and "because"
_MARKS = frozenset(',.;:—–)"“”')
_UNNAMED = frozenset({"described", "anonymous", "vague_collective"})
_HUMAN = frozenset({"named_person", "described", "anonymous"})
_FITTING = {"he": _HUMAN, "she": _HUMAN, "they": _UNNAMED, "it": frozenset({"named_organisation", "other_media"})}
_LABEL = re.compile(r"[\"“]?(?P<name>[A-Z][\w.’'-]{0,30}(?: [A-Z][\w.’'-]{0,30}){0,3})(?P<cue>:) ")
_SIGNED = re.compile(
    r"(?:^|[”\"]\s?)(?P<cue>[―—–]|--)\s?(?P<name>[A-Z][\w.’'-]{0,30}(?: [A-Z][\w.’'-]{0,30}){0,4})\W{0,3}$"
)
_HANGING = JOINING | {",", "(", "including", "who"} | entries("sources", "withheld", "words")
_COUNTING = DETERMINERS - {"the", "these", "those"}
_IT = frozenset({"it", "its", "which"})
_HE = frozenset({"he", "she", "his", "her", "who", "mr", "ms", "mrs"})
_END = Word("", "", capital=False, start=0, end=0)
_SHORTEST_RUN = 2  # words of a full name
_INITIAL = 3  # letters at most before a full stop inside a name


class _Sentence(NamedTuple):
    """A sentence: its words, and for each of them the number of the quotation that it stands in, or -1."""

    span: Span
    words: Sequence[Word]
    quote: Sequence[int]
    paragraph: int
    is_open: bool  # begins inside a quotation
    stays_open: bool  # ends inside one

    def spoken(self) -> list[bool]:
        """For each word, marks left out, whether it stands in quotation marks."""
        return [q >= 0 for word, q in zip(self.words, self.quote, strict=True) if word.text[0].isalnum()]

    def is_quoted(self) -> bool:
        """Whether it opens with a quotation and has little else."""
        spoken = self.spoken()
        opens = bool(spoken) and (self.quote[0] >= 0 or self.words[0].text in OPENING)
        return opens and sum(spoken) >= _QUOTED * len(spoken)


def read_sources(reading: Reading) -> list[dict[str, Any]]:
    """The attributions of an article, as plain data such as a model would answer.

    Raises:
        LanguageUnknown: the word lists are English and the article is not.
    """
    article = reading.article
    need_english("sources", article.language, [span.text for span in article.sentences])
    text = _Text(article)
    return [text.record(k, one, more) for k, one, more in text.attributions() if one.content or more]


class _Text:
    """The sentences of an article, and what they tell about its sources."""

    def __init__(self, article: Article) -> None:
        self.article = article
        texts = [span.text for span in article.sentences]
        starts = {first - 1: number for number, (first, _) in enumerate(article.paragraphs)}
        self.sentences: list[_Sentence] = []
        paragraph = 0
        for k, (span, found) in enumerate(zip(article.sentences, find_quotations(texts, starts), strict=True)):
            paragraph = starts.get(k, paragraph)
            words = cut(span.text)
            quote, at = [-1] * len(words), 0
            for number, (start, end) in enumerate(found.spans):
                while at < len(words) and words[at].start < end:
                    quote[at] = number if words[at].start >= start else -1
                    at += 1
            self.sentences.append(_Sentence(span, words, quote, paragraph, found.opened, bool(found.awaited)))
        self.classifier = _Classifier(sentence.words for sentence in self.sentences)
        self.classes: list[tuple[int, SourceClass]] = []  # of the sources so far, each with its paragraph

    def attributions(self) -> Iterator[tuple[int, Attribution, list[int]]]:
        """Each attribution with its sentence, and the other sentences over which its words go on, by index."""
        text = self.sentences
        marked = ((k, self.by_mark(k)) for k in range(len(text)))
        found = [
            (k, one)
            for k, mark in marked
            for one in ([mark] if mark else find_attributions(text[k].words, text[k].quote))
        ]
        free = {k for k, sentence in enumerate(text) if sentence.words} - {k for k, one in found if one.content}
        for number, (k, one) in enumerate(found):
            last = number + 1 == len(found) or found[number + 1][0] != k
            run = self.run(k, one, free, last=last) if one.source else range(k, k + 1)
            free.difference_update(run)
            yield k, one, [j for j in run if j != k]

    def run(self, k: int, one: Attribution, free: set[int], *, last: bool) -> range:
        """The sentences of an attribution's words: its own, those of its quotation, the paragraph behind a colon."""
        text, here = self.sentences, self.sentences[k]
        start, stop, limit = k, k + 1, k + _RUN
        label = here.words[one.cue[0]].text == ":"
        if label or (not one.content and here.words[-1].text == ":"):  # "Lee: …", "He said:"
            paragraph = text[min(k + (not label), len(text) - 1)].paragraph
            while stop in free and stop < limit and text[stop].paragraph == paragraph:
                stop += 1
            return range(start, stop)
        quoted = any(here.quote[i] >= 0 for part in one.content for i in range(*part))
        while quoted and last and stop in free and stop < limit and text[stop].is_quoted():
            if text[stop].paragraph != text[stop - 1].paragraph and not text[stop - 1].stays_open:
                break
            stop += 1
        while (quoted or not one.content) and start - 1 in free and text[start - 1].paragraph == here.paragraph:
            if not (text[start].is_open or (not one.content and start == k and text[k - 1].is_quoted())):
                break
            start -= 1
        return range(start, stop)

    def by_mark(self, k: int) -> Attribution | None:
        """`Lee: It is late.` at the head of a paragraph, if the article names Ann Lee; `“It is late.” — Ann Lee`."""
        here = self.sentences[k]
        if not here.words:
            return None
        match = _LABEL.match(here.span.text) if k == 0 or self.sentences[k - 1].paragraph != here.paragraph else None
        if match and match["name"].split()[-1].title() not in self.classifier.surnames:
            return None
        match = match or _SIGNED.search(here.span.text)
        if match is None:
            return None
        name = [i for i, word in enumerate(here.words) if match.start("name") <= word.start < match.end("name")]
        cue = next(i for i, word in enumerate(here.words) if word.start >= match.start("cue"))
        content = (cue + 1, len(here.words)) if match["cue"] == ":" else (0, cue)
        while content[0] < content[1] and not here.words[content[1] - 1].text[0].isalnum():
            content = content[0], content[1] - 1
        return Attribution((name[0], name[-1] + 1), (cue, cue + 1), (content,) if content[0] < content[1] else ())

    def record(self, k: int, one: Attribution, more: Sequence[int]) -> dict[str, Any]:
        """One attribution as a model would answer."""
        here = self.sentences[k]
        cue, source = self.span(k, one.cue), self.span(k, one.source) if one.source else None
        parts = [self.span(k, part) for part in one.content] + [self.spoken_span(j) for j in more]
        content = sorted(parts, key=lambda span: span.start)
        marks = [here.quote[i] >= 0 for part in one.content for i in range(*part) if here.words[i].text[0].isalnum()]
        marks += [mark for j in more for mark in self.sentences[j].spoken()]
        kind, grant = self.classify(k, one.source) if one.source else ("unattributed", None)
        return {
            "source": source.text if source else None,
            "cue": cue.text,
            "opens": " ".join(content[0].text.split()[:_SHOWN]),
            "closes": " ".join(content[-1].text.split()[-_SHOWN:]),
            "source_class": {"value": kind, "method": "classical"},
            "role": self.role(k, *one.source) if one.source and kind == "named_person" else "",
            "quote": "indirect" if not any(marks) else "direct" if all(marks) else "mixed",
            "anonymity_reason": grant[1] if grant else "",
            "evidence": sorted({k + 1, *(part.sentence for part in content), *([grant[0] + 1] if grant else [])}),
            "at": source,
            "content": tuple(content),
            "words": tuple(sorted(filter(None, (source, cue)), key=lambda span: span.start)),
        }

    def span(self, k: int, part: Range) -> Span:
        """The span of a range of words."""
        words, start = self.sentences[k].words, self.sentences[k].span.start
        return self.article.span(start + words[part[0]].start, start + words[part[1] - 1].end)

    def spoken_span(self, k: int) -> Span:
        """A whole sentence without the marks around it."""
        spoken = [i for i, word in enumerate(self.sentences[k].words) if word.text[0].isalnum()] or [0]
        return self.span(k, (spoken[0], spoken[-1] + 1))

    def classify(self, k: int, source: Range) -> tuple[SourceClass, tuple[int, str] | None]:
        """The class of a source; if its name is kept back, the sentence that says so and the reason."""
        words, paragraph = self.sentences[k].words[slice(*source)], self.sentences[k].paragraph
        fits = _FITTING.get(words[0].low) if len(words) == 1 else None
        if fits is not None:  # the class of the source before it, for what that is worth
            near = (kind for at, kind in self.classes[:-_RUN:-1] if at >= paragraph - 1 and kind in fits)
            known = fits is _HUMAN and self.classifier.surnames
            return next(near, "named_person" if known else "described"), None
        kind = self.classifier.classify(words)
        grant = self.grant(k, _core(words)[-1].low) if kind in _UNNAMED else None
        self.classes.append((paragraph, "anonymous" if grant else kind))
        return self.classes[-1][1], grant

    def grant(self, k: int, noun: str) -> tuple[int, str] | None:
        """The sentence that keeps back the name of a source, or of its like near by, and the reason it gives."""
        for j in sorted(range(max(0, k - _NEAR), min(len(self.sentences), k + _NEAR + 1)), key=lambda j: abs(j - k)):
            here = self.sentences[j]
            lows = [word.low for word in here.words]
            if here.paragraph != self.sentences[k].paragraph or (j != k and noun not in lows):
                continue
            found = _withheld().search(" ".join(lows))
            first = " ".join(lows)[: found.end()].count(" ") + 1 if found else 0
            if not found or here.quote[first - 1] >= 0:
                continue
            reasons = entries("sources", "anonymity", "reasons")
            start = next((i for i in range(first, min(first + _REASON, len(lows))) if lows[i] in reasons), len(lows))
            stop = next((i for i in range(start, len(lows)) if here.words[i].text in _MARKS), len(lows))
            return j, self.span(j, (start, stop)).text if start < stop else ""
        return None

    def role(self, k: int, first: int, last: int) -> str:
        """What the sentence says that a person is, between commas behind the name or right before it; else ""."""
        here, titles = self.sentences[k], entries("names", "titles", "words")
        stop = next((i for i in range(last + 1, len(here.words)) if here.words[i].text in _MARKS), last)
        part = here.words[last + 1 : stop]
        apposed = bool(part) and here.words[last].text == "," and len(part) <= _ROLE and here.quote[last + 1] < 0
        if apposed and (part[0].low in DETERMINERS or any(word.low in titles for word in part[:_TITLED])):
            return self.span(k, (last + 1, stop)).text
        words = here.words
        name = next((i for i in range(last - 1, first - 1, -1) if words[i].low in titles or not words[i].capital), -1)
        lead = [i for i in range(first, name + 1) if words[i].text[0].isalnum()]
        told = [words[i].low for i in lead]
        courtesy = entries("sources", "courtesy", "words")
        if not lead or told[0] in DETERMINERS or courtesy.issuperset(told) or not (titles | _bodies()) & set(told):
            return ""
        return self.span(k, (first, lead[-1] + 1)).text


class _Classifier:
    """Classifies the sources of one article.

    Args:
        sentences: the words of each sentence.
    """

    def __init__(self, sentences: Iterable[Sequence[Word]]) -> None:
        self.surnames: set[str] = set()  # last words of the names of two words or more
        self.things: Counter[str] = Counter()  # for a name: how much oftener "it" follows it than "he" stands near it
        skipped = _named("titles") | _named("openers")
        for words in sentences:
            lows = [word.low for word in words]
            person = not _HE.isdisjoint(lows)
            thing = 0 if _IT.isdisjoint(lows) else max(i for i, low in enumerate(lows) if low in _IT)
            run: list[str] = []
            for i, word in enumerate([*words, _END]):
                if word.capital and word.low not in skipped:
                    run.append(word.text)
                    self.things[word.text] += (i < thing) - person
                elif run and (word.text != "." or len(run[-1]) > _INITIAL):
                    if len(run) >= _SHORTEST_RUN:
                        self.surnames.add(run[-1])
                    run = []

    def classify(self, words: Sequence[Word]) -> SourceClass:
        """The class of a source by its own words (Newell, Margolin and Ruths 2018)."""
        core = _core(words)
        lows = [word.low for word in core if word.text[0].isalnum()]
        if not lows:
            return "described"
        last, behind = core[-1], [word.low for word in words[len(core) :]]
        title = last.capital and len(lows) > 1 and "for" not in lows and last.low in _listed("media", "endings")
        if title or last.low in _listed("media", "names") or lows[-2:] in (["associated", "press"], ["news", "agency"]):
            return "other_media"
        if last.low in _listed("media", "nouns") and not last.capital:
            return "other_media"
        if self.is_name(core):
            return self.classify_name(core)
        bare = len(lows) == 1 and lows[0].endswith("s")
        known = behind[:1] != [] and behind[0] in _listed("withheld")
        known = known or any(
            behind[: len(one.split())] == one.split() for one in listed("sources", "withheld", "phrases")
        )
        informant = last.low in _listed("informants") and (behind != [] or not bare)
        if known or informant or last.low in {"person", "individual"}:
            return "anonymous"
        placed = behind[:1] in (["at"], ["from"]) and any(word.capital for word in words[len(core) :])
        collective = last.low in _listed("collectives") and lows[0] not in _COUNTING and not placed
        alone = len(lows) == 1 and lows[0] in _listed("quantities", "alone")
        return "vague_collective" if collective or alone or lows[0] in _listed("quantities") else "described"

    def is_name(self, core: Sequence[Word]) -> bool:
        """Whether a phrase ends in a name, or has one before what it is: "the Aslef union"."""
        own = [word for word in core if word.low != "the"]
        last = core[-1]
        if last.capital:
            plural = last.low.endswith("s") and not last.text.isupper() and last.text not in self.surnames
            people = last.low.removesuffix("s") in _named("adjectives")
            return last.low not in _common() and not (len(own) == 1 and ((plural and len(core) == 1) or people))
        before = core[-2] if len(core) > _SHORTEST_RUN else last
        known = _named("adjectives") | _named("places") | _named("titles") | _bodies()
        return core[0].low in DETERMINERS and last.low in _bodies() and before.capital and before.low not in known

    def classify_name(self, core: Sequence[Word]) -> SourceClass:
        """Whether a phrase that ends in a name means a person or an organisation."""
        words = [word for word in core if word.text[0].isalnum()]
        before = next((i for i in range(len(words) - 1, -1, -1) if _is_title(words[i])), -1)
        own = words[before + 1 :]
        lows = [word.low for word in own]
        title = words[before].low if before >= 0 else ""
        acronym = any(word.text.isupper() and "." not in word.text and len(word.text) > 1 for word in own)
        acronym = acronym and own[-1].text.title() not in self.surnames
        hangs = before > 0 and title in {"of", "for", "on", "a", "the"}  # "the Committee for a Free Press"
        if not own or hangs or acronym or not _bodies().isdisjoint(lows) or "&" in [word.text for word in core]:
            return "named_organisation"
        if title in _named("titles") - {"house", "state"}:
            return "named_person"
        if len(own) > 1 and lows[0] in _named("he") | _named("she"):
            return "named_person"
        place = lows[-1] in _named("landforms") or all(low in _named("places") | _named("adjectives") for low in lows)
        if place or (title == "the" and before == 0):
            return "named_organisation"
        person = len(own) > 1 or own[-1].text in self.surnames or self.things[own[-1].text] <= 0
        return "named_person" if person else "named_organisation"


def _is_title(word: Word) -> bool:
    """Whether a word before a name is no part of it."""
    return not word.capital or word.low in _named("titles") or word.low == "the"


@cache
def _listed(section: str, key: str = "words") -> frozenset[str]:
    return entries("sources", section, key)


@cache
def _named(section: str) -> frozenset[str]:
    return entries("names", section, "words")


@cache
def _bodies() -> frozenset[str]:
    """Words of the names of organisations."""
    return _listed("firms") | _named("organisations")


@cache
def _common() -> frozenset[str]:
    """Words that name nobody, though the head of a sentence gives them a capital."""
    nouns = _listed("groups", "nouns") | _listed("collectives") | _listed("informants")
    titles = _named("titles") - _bodies() - {"house", "senate"}
    return nouns | titles | _listed("quantities", "alone") | _named("openers")


def _core(words: Sequence[Word]) -> Sequence[Word]:
    """A phrase up to what hangs on it; "the Ministry of Defence" stays whole by its capitals."""
    for k in range(1, len(words)):
        named = words[k].low in {"of", "for"} and words[k - 1].capital and words[k - 1].low in _named("organisations")
        if words[k].low in _HANGING and not (named and any(word.capital for word in words[k : k + 3])):
            return words[:k]
    return words


@cache
def _withheld() -> re.Pattern[str]:
    """Words that tell that a name is kept back."""
    return re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, listed('sources', 'anonymity', 'phrases')))})(?!\S)")
