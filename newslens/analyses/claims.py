"""Find the names, numbers, quotations and content words of a text, and which of them another text lacks.

Quotations are looked for as they stand, numbers as digits, names word by word and with their capital. A word that opens
a sentence counts as a name only if the next word looks like one. The content words of a headline are looked for in any
form: by stem, family of irregular forms, or number.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from newslens.article.sentences import guess_language, split
from newslens.article.spans import locate, locate_all, normalise

_QUOTED = re.compile(
    r"“([^“”\"]+)[”\"]|\"([^\"“”]+)[\"”]|„([^„“”]+)[“”]|«([^«»]+)»|「([^「」]+)」"
    r"|(?<!\w)‘((?:[^‘’]|’(?=\w))+)’(?!\w)"
)
_AROUND = " .,;"  # stripped from what stands between quotation marks
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TOKEN = re.compile(r"\w+(?:[’']\w+)*|[:“\"«„‘]")
_OPENERS = frozenset(':“"«„‘')
_POSSESSIVE = re.compile(r"[’']s?$")
_TITLE, _TITLE_CASE = 5, 0.7  # words, and the share above which capitals are title case and mark no names

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_ENDINGS = ("ings", "ing", "ied", "ies", "ed", "es", "ly", "s")
_SHORTEST = 3  # letters of a stem
_PREFIX = 5  # letters that words of one family share: "resign" and "resignation"
_CONTENT = 4  # letters; shorter words say little, unless they are abbreviations
_COUNTS = "zero one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {word: str(value) for value, word in enumerate(_COUNTS.split())}


class Name(NamedTuple):
    """A word that looks like a name.

    Attributes:
        text: the word without a possessive ending.
        start: offset of its first code point.
        opens: it opens a sentence, where a capital says little.
    """

    text: str
    start: int
    opens: bool

    @property
    def end(self) -> int:
        """The offset behind its last code point."""
        return self.start + len(self.text)


class ContentWord(NamedTuple):
    """A word of a headline that its story should have in some form."""

    kind: Literal["word", "name", "number"]
    text: str


def find_unfounded(said: Iterable[str], named: Iterable[str], text: str) -> tuple[str, ...]:
    """Find what `said` (prose) and `named` (whole phrases) have and `text` lacks, each once, in order."""
    missing = [phrase for phrase in named if not _contains(text, phrase)]
    for prose in said:
        quotations = (prose[start:end] for start, end in find_quotations(prose))
        missing += [quotation for quotation in quotations if not _contains(text, quotation)]
        for number in _NUMBER.findall(prose):  # "400" is in "$400m" and 1200 in "1,200", and 40 in neither
            digits = re.escape(_THOUSANDS.sub("", number))
            if not re.search(rf"(?<!\d)(?<!\d[.,:]){digits}(?!\d|[.,:]\d)", _prepare(text)[1]):
                missing.append(number)
        missing += [one.text for one in find_names(prose) if not _contains(text, one.text, capital=not one.opens)]
    return tuple(dict.fromkeys(missing))


def find_quotations(prose: str) -> Iterator[tuple[int, int]]:
    """Yield half-open offsets of what stands between quotation marks, without the punctuation around it."""
    for match in _QUOTED.finditer(prose):
        start, end = match.span(match.lastindex or 0)
        start += len(prose[start:end]) - len(prose[start:end].lstrip(_AROUND))
        stripped = prose[start:end].rstrip(_AROUND)
        if stripped:
            yield start, start + len(stripped)


def find_names(prose: str) -> Iterator[Name]:
    """Yield the words that look like names; none in German, where every noun has a capital."""
    language = guess_language(prose)
    if language == "de":
        return
    for start, end in split(prose, language=language):
        tokens = [(match.group(), match.start()) for match in _TOKEN.finditer(prose, start, end)]
        words = [token for token, _ in tokens if token not in _OPENERS]
        if len(words) >= _TITLE and sum(word[0].isupper() for word in words) > _TITLE_CASE * len(words):
            continue
        for before, (token, at), (after, _) in zip([("", 0), *tokens], tokens, [*tokens[1:], ("", 0)], strict=False):
            opens = before[0] == "" or before[0] in _OPENERS
            word = _POSSESSIVE.sub("", token)
            acronym = sum(map(str.isupper, word)) > 1  # or a name such as McKay
            titled = after[:1].isupper() and not after.isupper()
            if len(word) > 1 and word[0].isupper() and "_" not in word and (not opens or acronym or titled):
                yield Name(word, at, opens and not acronym)


def _contains(text: str, phrase: str, *, capital: bool = False) -> bool:
    if normalise(phrase).text.strip() not in _prepare(text)[0]:  # most of what is missing ends here, at little cost
        return False
    found = locate(phrase, text)
    if found is None or not capital or text[found[0]].isupper():
        return found is not None
    return any(text[start].isupper() for start, _ in locate_all(phrase, text))


@lru_cache(maxsize=2)  # one article is asked about many times in a row
def _prepare(text: str) -> tuple[str, str]:
    """Normalise a text, and write its numbers without separators of thousands."""
    return normalise(text).text, _THOUSANDS.sub("", text)


def split_content(headline: str) -> list[ContentWord]:
    """Return the numbers, names and other content words of a headline, without light words."""
    tokens = _WORD.findall(headline)
    capitals = sum(token[0].isupper() for token in tokens) <= _TITLE_CASE * len(tokens)
    found: list[ContentWord] = []
    for place, token in enumerate(tokens):
        low = token.lower()
        acronym = len(token) > 1 and token.isupper()
        is_light = low in load_words()[0] or low in _NUMBERS or "n't" in low.replace("’", "'")
        if token[0].isdigit():
            found.append(ContentWord("number", token))
        elif not is_light and (len(token) >= _CONTENT or acronym):
            found.append(ContentWord("name" if capitals and place and token[0].isupper() else "word", token))
    return found


@lru_cache(maxsize=1 << 15)  # distinct words
def word_keys(word: str) -> frozenset[str]:
    """Return what a word is compared by: stem, beginning of a long word, family of irregular forms, number."""
    families = load_words()[1]
    low = _POSSESSIVE.sub("", word.lower()).replace(",", "")
    low = low if low[:1].isdigit() else low.replace(".", "")
    ending = next((one for one in _ENDINGS if low.endswith(one) and len(low) - len(one) >= _SHORTEST), "")
    base = low.removesuffix(ending)
    stem = base[:-1] if len(base) >= _SHORTEST and (base[-1] == base[-2] or base[-1] in "eyi") else base
    keys = {low, stem, _NUMBERS.get(low, low), *(families.get(form, form) for form in (low, base, stem))}
    return frozenset(keys | {low[:_PREFIX]} if len(low) >= _PREFIX else keys)


@cache
def load_words() -> tuple[frozenset[str], dict[str, str]]:
    """Load the light words, and the family of each word that has one."""
    words = tomllib.loads(Path(__file__).with_name("headline.toml").read_text(encoding="utf-8"))
    families = enumerate(words["families"].strip().splitlines())
    return frozenset(words["light"].split()), {word: f"={n}" for n, family in families for word in family.split()}


def find_unsupported(headline: str, story: str) -> tuple[ContentWord, ...]:
    """Find what a headline has and its story has in no form: numbers, names, and, in English, other content words."""
    known, joined_up, initials = read_story(story)
    english = guess_language(story) == "en"
    lacking: dict[str, ContentWord] = {}
    for one in split_content(headline):
        low = re.sub(r"['’].*", "", one.text.lower())
        if one.kind == "word" and not english:
            continue
        if not (word_keys(one.text) & known or low in joined_up or (one.text.isupper() and one.text in initials)):
            lacking[one.text] = one
    return tuple(sorted(lacking.values(), key=lambda one: ("number", "name", "word").index(one.kind)))


@lru_cache(maxsize=2)  # each heading of an article asks for the same story
def read_story(text: str) -> tuple[frozenset[str], str, str]:
    """Return the keys of a story's words, all of it without spaces and hyphens, and the initials of its capitals."""
    words = _WORD.findall(text)
    parts = (part for word in dict.fromkeys(words) for part in (word, *re.split(r"['’.-]", word)) if part)
    known = frozenset().union(*map(word_keys, parts))
    initials = "".join(word[0] if word[0].isupper() else " " for word in words)
    return known, re.sub(r"[\s-]", "", text.lower()), initials
