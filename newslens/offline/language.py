"""Whether a text is English, by its commonest words: the lexicons are, and must not answer for other languages."""

from collections.abc import Container, Iterable, Sequence
from functools import cache
from itertools import chain, islice

from newslens.errors import LanguageUnknown
from newslens.offline.grammar import (
    ADVERBS,
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    ENGLISH,
    NEIGHBOURS,
    PREPOSITIONS,
    PRONOUNS,
)
from newslens.offline.lexicon import listed, table, verb_forms
from newslens.offline.words import Word, cut

_ENOUGH = 40  # words that would have shown some of the commonest ones; fewer may be all names
_RAREST = 0.05  # part of the words that are among them, at least; in English prose it is a quarter
_SAMPLE = 400  # words; more would not change the answer
# A whole text is judged by all function words but those that Hungarian, Danish or Portuguese are full of, too.
_SHARED = frozenset({"a", "am", "as", "at", "do", "for", "is", "no"})
_FUNCTION = (PREPOSITIONS | CONJUNCTIONS | PRONOUNS | DETERMINERS | AUXILIARIES | ENGLISH) - _SHARED
_FEWEST = 0.12  # part of the words; in English prose it is a third, in the languages above under a tenth
_SHORT = 40  # words; a headline has too few function words, so there verbs of speech and words of judgement count too


def english(words: Sequence[Word]) -> bool:
    """Whether the words may be English: its function words are no fewer than its neighbours', and not rare."""
    lows = [word.low for word in words]
    own = _among(lows, ENGLISH)
    latin = sum(map(str.isascii, [word.text for word in words]))
    rare = len(words) >= _ENOUGH and own < _RAREST * len(words)
    return own >= _among(lows, NEIGHBOURS) and 2 * latin >= len(words) and not rare


def need_english(analysis: str, language: str | None, sentences: Iterable[str]) -> None:
    """Refuse a text in another language.

    Raises:
        LanguageUnknown: the text is not English.
    """
    if not in_english(language, sentences):
        raise LanguageUnknown(
            f"The offline reader knows {analysis} in English only, and this text seems to be "
            f"{language or 'in another language'}. Name a model (Lens(model=…), --model …); "
            "or, if the text is English, say so (language='en', --language en)."
        )


def in_english(language: str | None, sentences: Iterable[str]) -> bool:
    """Whether a text is English: as declared (BCP 47), else as its first words look."""
    return _declares_english(language) if language else _is_english(sentences)


def _declares_english(language: str) -> bool:
    return language.lower().replace("_", "-").partition("-")[0] in {"en", "eng", "english"}


def _is_english(sentences: Iterable[str]) -> bool:
    read = islice(chain.from_iterable(map(cut, sentences)), _SAMPLE)
    words = [word for word in read if word.text[0].isalpha() or word.low == "'s"]
    if len(words) >= _SHORT:
        return _among([word.low for word in words], _FUNCTION) >= _FEWEST * len(words)
    plain = sum(not word.capital and word.low != "'s" for word in words)  # names are of any language
    lows = [word.low for word in words]
    return _among(lows, _telling()) >= max(_FEWEST * plain, _among(lows, NEIGHBOURS))


@cache
def _telling() -> frozenset[str]:
    """Words that tell a headline as English."""
    groups = [name for name in table("verbs") if name != "origin"]
    verbs = verb_forms("cues", "speech").union(*(verb_forms("verbs", group) for group in groups))
    qualities = (listed("words", group, "words") for group in ("good", "bad", "merit", "fault"))
    return _FUNCTION | ADVERBS | verbs.union(*qualities) | {"'s"}


def _among(lows: Iterable[str], known: Container[str]) -> int:
    return sum(map(known.__contains__, lows))
