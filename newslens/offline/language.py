"""English: word lists, the forms of words, the words of a sentence, and whether a text is English."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from newslens.errors import LanguageUnknown

IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Kana and Han for a character class: scripts without spaces, in which each character counts as a word."""

LONGEST = 4_000
"""A "sentence" of more code points is a table or noise: it has no findings."""

_LEXICONS = Path(__file__).parent / "lexicons"
_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S.
    r"|['’](?:s|ll|ve|re|d|m)\b"  # the possessive, and what "she's", "I've" and "he'll" are short for
    r"|\d+(?:[.,]\d+)*"
    r"|[^\W_]+(?:['’&-](?!(?:s|ll|ve|re|d|m)\b)[^\W_]+)*"
    r"|''(?!')"  # a quotation mark typed as two apostrophes
    r"|[^\w\s]"
)
_CURLY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})
_SENTENCES = 1 << 10  # sentences whose words are remembered
_KNOWN = 1 << 15  # distinct words that are remembered; a long text uses most of its words often
_ENDINGS = ("ings", "ing", "ied", "ies", "ed", "es", "s", "ly")
_SHORTEST = 3  # letters that have to be left of a word
_SAMPLE = 400  # words by which a text is told as English
_LONG = 40  # words; a headline has too few function words for a share of them
_LEAST = 0.12  # part of the words of a longer text; a third of English prose are function words, a tenth of others


@cache
def table(name: str) -> Mapping[str, Any]:
    """The word list `lexicons/<name>.toml`; every list names its origin and licence."""
    with (_LEXICONS / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def listed(name: str, section: str, key: str) -> tuple[str, ...]:
    """The entries under a key of a word list, in order: words of a block, or phrases of an array."""
    value = table(name)[section][key]
    return tuple(value.split()) if isinstance(value, str) else tuple(value)


@cache
def entries(name: str, section: str, key: str = "words") -> frozenset[str]:
    """The entries under a key of a word list, to look words up in."""
    return frozenset(listed(name, section, key))


@cache
def verb_forms(name: str, section: str, key: str = "verbs") -> frozenset[str]:
    """Every form of every verb under a key of a word list."""
    return all_forms(listed(name, section, key))


def all_forms(verbs: Iterable[str]) -> frozenset[str]:
    """Every form of every verb."""
    return frozenset().union(*map(forms, verbs))


@cache
def forms(verb: str) -> frozenset[str]:
    """Every form of a verb: `deny` gives deny, denies, denied, denying. A particle stays behind the verb."""
    base, _, particle = verb.partition(" ")
    tail = f" {particle}" if particle else ""
    if base.endswith("ie"):
        present = base[:-2] + "ying"
    elif base.endswith("e") and not base.endswith(("ee", "oe", "ye")):
        present = base[:-1] + "ing"
    else:
        present = _double(base) + "ing"
    return frozenset(form + tail for form in {base, plural(base), present, *pasts(base)})


@cache
def pasts(verb: str) -> frozenset[str]:
    """Past tense and past participle of a verb."""
    if irregular := table("inflection")["irregular"].get(verb):
        return frozenset(irregular.split())
    if verb.endswith("e"):
        return frozenset({verb + "d"})
    return frozenset({verb[:-1] + "ied" if re.search("[^aeiou]y$", verb) else _double(verb) + "ed"})


def plural(noun: str) -> str:
    """The plural of a regular noun, which is also the third person of a regular verb."""
    if noun.endswith(("s", "x", "z", "ch", "sh", "o")):
        return noun + "es"
    return noun[:-1] + "ies" if re.search("[^aeiou]y$", noun) else noun + "s"


def _double(verb: str) -> str:
    """The verb with its last letter doubled, as in "stopped", where English does so."""
    return verb + verb[-1] if verb in entries("inflection", "doubling") else verb


@lru_cache(_KNOWN)
def stem(word: str) -> str:
    """What the forms of a word have in common, possessive or not: "rose", "risen" and "rising" are one."""
    low = re.sub(r"['’]s?$", "", word.lower())
    low = _load_bases().get(low, low)
    ending = next((e for e in _ENDINGS if low.endswith(e) and len(low) - len(e) >= _SHORTEST), "")
    low = low if low.endswith("ss") else low.removesuffix(ending)
    if len(low) > _SHORTEST and low[-1] == low[-2]:
        low = low[:-1]
    return re.sub("[eyi]$", "", low) if len(low) > _SHORTEST else low


@cache
def _load_bases() -> Mapping[str, str]:
    """Irregular past forms with their verbs."""
    irregular = table("inflection")["irregular"]
    return {form: base for base, forms in irregular.items() for form in forms.split()}


class Word(NamedTuple):
    """One word or mark; `low` is lower-cased with straight apostrophes, `capital` that it starts in upper case."""

    text: str
    low: str
    capital: bool
    start: int
    end: int


@lru_cache(_SENTENCES)  # each reader of an article asks for the same sentences
def cut(sentence: str) -> tuple[Word, ...]:
    """The words and marks of a sentence, in order; none for more than `LONGEST` code points."""
    if len(sentence) > LONGEST:
        return ()
    return tuple(Word(*_describe(match[0]), *match.span()) for match in _TOKEN.finditer(sentence))


@lru_cache(_KNOWN)
def _describe(text: str) -> tuple[str, str, bool]:
    """What a word is wherever it stands; the same strings again for the same word keep a long text small."""
    return text, text.lower().translate(_CURLY), text[:1].isupper()


def is_english(language: str | None, sentences: Iterable[str]) -> bool:
    """Whether a text is English: as declared (BCP 47), else by its commonest words and its letters."""
    if language:
        return language.lower().replace("_", "-").partition("-")[0] in {"en", "eng", "english"}
    read = islice(chain.from_iterable(map(cut, sentences)), _SAMPLE)
    words = [word for word in read if word.text[0].isalpha()]
    own = sum(word.low in entries("language", "english") for word in words)
    if len(words) >= _LONG:
        return own >= _LEAST * len(words)
    others = [word.low for word in words if not word.capital]
    foreign = sum(low in entries("language", "others") or not low.isascii() for low in others)
    return own > foreign or foreign == 0


def need_english(analysis: str, language: str | None, sentences: Iterable[str]) -> None:
    """Refuse a text in another language.

    Raises:
        LanguageUnknown: the text is not English.
    """
    if not is_english(language, sentences):
        raise LanguageUnknown(
            f"The offline reader can do {analysis} in English only, and this text seems to be in "
            f"{repr(language) if language else 'another language'}. Name a model (Lens(model=…), --model …); "
            "if the text is English, say so (language='en', --language en)."
        )
