"""Whether a text is English, by its commonest words: the lexicons are, and must not answer for other languages."""

import re
from collections.abc import Sequence

from newslens.errors import ConfigurationError

_WORD = re.compile(r"[^\W\d_]+")
# The commonest function words of English that are no words of other large languages in the Latin script.
_COMMON = frozenset(
    _WORD.findall(
        "the of and to that is was for with as by on are this be from have has had not but they which their it its "
        "been were would there we who will he she his her said than when what about could should you your my our "
        "them these those into out up more some"
    )
)
_SAMPLE = 400  # words; more would not change the answer
_FEWEST = 0.15  # English prose has .35 to .50 of them, Spanish, French, German or Dutch under .06
_SHORT = 40  # words; below, names can outnumber them
_FEWEST_IN_SHORT = 0.08


def is_english(language: str | None, sentences: Sequence[str]) -> bool:
    """The declared language if there is one (BCP 47), else a guess from the words of the text."""
    if language:
        return language.lower().replace("_", "-").partition("-")[0] in {"en", "eng", "english"}
    words = _sampled(sentences)
    needed = (_FEWEST if len(words) >= _SHORT else _FEWEST_IN_SHORT) * len(words)
    return sum(word in _COMMON for word in words) >= needed


def need_english(analysis: str, language: str | None, sentences: Sequence[str]) -> None:
    """Refuse a text in another language.

    Raises:
        ConfigurationError: the text is not English.
    """
    if not is_english(language, sentences):
        raise ConfigurationError(
            f"The offline reader knows {analysis} in English only, and this text seems to be "
            f"{language or 'in another language'}. Name a model: Lens(model=…); or, if the text is English, "
            "say so: Article.from_text(…, language='en')."
        )


def _sampled(sentences: Sequence[str]) -> list[str]:
    words: list[str] = []
    for sentence in sentences:
        words += (word.lower() for word in _WORD.findall(sentence[:4000]))
        if len(words) >= _SAMPLE:
            break
    return words[:_SAMPLE]
