"""What a caller may give for an article: an `Article`, or its text; never a path."""

import os

from newslens.article.article import Article
from newslens.errors import InputError

_LONGEST_PATH = 1_000  # characters; what is longer is a text


def accepted(given: Article | str) -> Article:
    """The article, which has a sentence to read.

    Raises:
        InputError: there is no article in the text, or it is the name of a file.
    """
    if isinstance(given, str) and _is_path(given):
        raise InputError(f"{given!r} is a file, not a text. Read it with Article.from_file.")
    article = given if isinstance(given, Article) else Article.from_text(given)
    if not article.sentences:
        raise InputError("The article has no sentence to read. Article.from_text says what it found instead.")
    return article


def _is_path(text: str) -> bool:
    return len(text) < _LONGEST_PATH and len(text.split()) == 1 and "\0" not in text and os.path.isfile(text)  # noqa: PTH113 - a text is no Path
