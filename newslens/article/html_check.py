"""Refuse what cannot be the text of an article, and say what to do instead."""

from os import PathLike

from newslens.errors import InputError

MAX_CHARACTERS = 20_000_000
"""Code points that an article may have; the longest news texts have a hundredth of it."""

_CONTROLS = "".join(map(chr, {*range(32), 127, 0xFFFD} - {*map(ord, "\t\n\v\f\r")}))
_MOST_CONTROLS = 0.05  # share of the characters; sound prose with a broken letter here and there stays below


def check_text(text: object) -> None:
    """Pass a text that may be an article's.

    Raises:
        InputError: it is no str, too long, empty, without a letter, or binary.
    """
    if not isinstance(text, str):
        hint = " Use Article.from_file for a path, Article.from_html for a page in bytes."
        needs_hint = isinstance(text, (PathLike, bytes, bytearray))
        raise InputError(f"The text must be a str, not {type(text).__name__}.{hint if needs_hint else ''}")
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"The text has {len(text):,} characters, more than the {MAX_CHARACTERS:,} of the longest article "
            "that is read. Cut it into articles first."
        )
    if not text.strip():
        raise InputError("The text is empty: there is nothing but white space in it.")
    if not any(map(str.isalnum, text)):
        raise InputError("The text has no letter and no digit: there is nothing to read in it.")
    _check_controls(text)


def _check_controls(text: str) -> None:
    share = sum(map(text.count, _CONTROLS)) / len(text)
    if share > _MOST_CONTROLS:
        raise InputError(
            f"The text looks like binary data: {share:.0%} of it are control or replacement characters. Use "
            "Article.from_file for a file, or decode the text with its real encoding."
        )
