"""What a headline says by its words: those that its story lacks, and how it calls for attention."""

import re
from functools import lru_cache
from typing import Literal

from newslens.analyses.findings import Result
from newslens.article.sentences import guess_language
from newslens.article.spans import SourceText

Signal = Literal["exclamation", "question", "all_caps", "curiosity_gap"]

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_DENIED = re.compile("n['’]t$")
_ENDINGS = ("ings", "ing", "ied", "ies", "ed", "es", "ly", "s")
_SHORTEST = 3  # letters of a stem
_PREFIX = 5  # letters that words of one family share: "resign" and "resignation"
_TITLE_CASE = 0.7  # share of words with capitals above which they mark no names
_SHOUTED = 4  # letters; shorter words in capitals are mostly abbreviations
_LIGHT = frozenset(
    """
    about above after again against all almost also always amid among another any around because been before
    behind being below best between both breaking came claim claimed claims come comes could down during each
    else even ever every exclusive first from gave get gets give given gives goes going gone have having here
    hers high hundred into itself just last latest like live made make makes many million more most much must
    near never news next none only onto opinion other over photo photos real really report reported reportedly
    reports said same says should since some still such take taken takes than that their them then there these
    they thing this those thousand through told took towards under until update upon used very video want wants
    watch week well went were what when where which while whom whose will with within without would year years
    yesterday your dollar dollars euro euros pound pounds percent billion dozen twice half
    """.split()  # noqa: SIM905 - a list literal would fill the screen
)
_COUNTS = "zero one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {word: str(value) for value, word in enumerate(_COUNTS.split())}
_FAMILIES = """
begin began begun | break broke broken | bring brought | build built | buy bought | catch caught | choose chose
chosen | die died dead death dying drive drove driven | eat ate eaten | fall fell fallen | feel felt | fight fought
| find found | flee fled | fly flew flown flight | freeze froze frozen | grow grew grown growth | hang hung | hear
heard | hide hid hidden | hold held | keep kept | know knew known | lead led | leave left | lose lost loss | meet
met | pay paid | ride rode | rise rose risen raise | run ran | see saw seen | seek sought | sell sold sale | send
sent | shake shook | shoot shot | sing sang | sink sank | sleep slept | speak spoke spoken speech | spend spent |
stand stood | steal stole stolen theft | strike struck | swim swam | teach taught | tear tore torn | tell told |
think thought | throw threw thrown | win won | wear wore | write wrote written | woman women | man men child
children kid | person people | life lives live alive | wife wives | foot feet | deny denial | choose choice | big
bigger | two double | usa american america | britain british uk | isis isil islamic daesh | france french | spain
spanish | germany german | ill sick
"""
_FAMILY = {word: f"={number}" for number, words in enumerate(_FAMILIES.split("|")) for word in words.split()}
_CURIOUS = re.compile(
    r"\b(?:won['’]?t believe|will not believe|what happen(?:ed|s) next|(?:this is|here['’]?s|here is) (?:why|what|how)"
    r"|the (?:real )?reason|(?:will|might|may) (?:shock|surprise) you|(?:nobody|no one) is talking about"
    r"|one (?:simple )?trick|needs? to know|should know|one thing|find out|can you guess|guess (?:what|who)"
    r"|wait until you see|the truth about|what we know)\b",
    re.IGNORECASE,
)


class Unsupported(Result):
    """A part of a headline that the story does not have in any form.

    Attributes:
        kind: a content word (English only), a name or a number.
        text: as the headline has it.
    """

    kind: Literal["word", "name", "number"]
    text: SourceText


def split_content(headline: str) -> list[Unsupported]:
    """The numbers, names and other content words of a headline, without function words and light words."""
    tokens = _WORD.findall(headline)
    capitals = sum(token[0].isupper() for token in tokens) <= _TITLE_CASE * len(tokens)
    found: list[Unsupported] = []
    for place, token in enumerate(tokens):
        low = token.lower()
        acronym = len(token) > 1 and token.isupper()
        if token[0].isdigit():
            found.append(Unsupported(kind="number", text=token))
        elif (
            low in _LIGHT
            or low in _NUMBERS
            or "n't" in low.replace("’", "'")
            or (len(token) < _SHOUTED and not acronym)
        ):
            continue
        else:
            found.append(Unsupported(kind="name" if capitals and place and token[0].isupper() else "word", text=token))
    return found


@lru_cache(maxsize=1 << 15)  # distinct words
def word_keys(word: str) -> frozenset[str]:
    """What a word is compared by: its stem, the beginning of a long word, its family of irregular forms, its number."""
    low = re.sub(r"['’]s?$", "", word.lower()).replace(",", "")
    low = low if low[:1].isdigit() else low.replace(".", "")
    ending = next((one for one in _ENDINGS if low.endswith(one) and len(low) - len(one) >= _SHORTEST), "")
    base = low.removesuffix(ending)
    stem = base[:-1] if len(base) >= _SHORTEST and (base[-1] == base[-2] or base[-1] in "eyi") else base
    keys = {low, stem, _NUMBERS.get(low, low), *(_FAMILY.get(form, form) for form in (low, base, stem))}
    return frozenset(keys | {low[:_PREFIX]} if len(low) >= _PREFIX else keys)


def find_unsupported(headline: str, story: str) -> tuple[Unsupported, ...]:
    """What a headline has and its story has in no form: numbers, then names, then, in English, other content words."""
    known, joined_up, initials = _read_story(story)
    english = guess_language(story) == "en"
    lacking: dict[str, Unsupported] = {}
    for one in split_content(headline):
        low = re.sub(r"['’].*", "", one.text.lower())
        if one.kind == "word" and not english:
            continue
        if not (word_keys(one.text) & known or low in joined_up or (one.text.isupper() and one.text in initials)):
            lacking[one.text] = one
    return tuple(sorted(lacking.values(), key=lambda one: ("number", "name", "word").index(one.kind)))


@lru_cache(maxsize=2)  # each heading of an article asks for the same story
def _read_story(text: str) -> tuple[frozenset[str], str, str]:
    """The keys of a story's words, all of it without spaces and hyphens, and the initials of its capitalised words."""
    words = _WORD.findall(text)
    parts = (part for word in dict.fromkeys(words) for part in (word, *re.split(r"['’.-]", word)) if part)
    known = frozenset().union(*map(word_keys, parts))
    initials = "".join(word[0] if word[0].isupper() else " " for word in words)
    return known, re.sub(r"[\s-]", "", text.lower()), initials


def find_signals(headline: str, story: str) -> tuple[Signal, ...]:
    """How a headline calls for attention; a curiosity gap is known in English only.

    Args:
        headline: in any language.
        story: its text; what it writes in capitals too is an abbreviation and not shouting.
    """
    loud = {word for word in re.findall(r"[^\W\d_]+", headline) if len(word) >= _SHOUTED and word.isupper()}
    signals: dict[Signal, bool] = {
        "exclamation": re.search("[!！¡]", headline) is not None,
        "question": re.search("[?？¿؟]", headline) is not None,
        "all_caps": any(word not in story for word in loud),
        "curiosity_gap": _CURIOUS.search(headline) is not None,
    }
    return tuple(name for name, found in signals.items() if found)
