"""Tell running text from titles, headings, labels, tags and links by the shape of a line."""

import regex

LONGEST_HEADLINE = 200  # code points; a headline glued into the sample article has 155

_LIST_ITEM = regex.compile(r"[•·*▪●■–—>-]|\(?\d{1,3}[.)]\s")
_TERMINAL = regex.compile(r"[.!?。！？।؟…][\"'”’»)\]」』]*$")
_ASKS_OR_CALLS = regex.compile(r"[!?！？؟]$")
_ABBREVIATION = regex.compile(r"(?:\b\p{L}\.){2,}$")
_INNER_END = regex.compile(r"[\p{Ll}\p{Lo}]{4}[.!?][\"'”’»)]*\s+[\"'“‘«]?\p{Lu}")
_MARKDOWN_LINK = regex.compile(r"(?:[-*+•]\s+|\d{1,3}[.)]\s+)?\[[^\[\]]{1,200}\]\([^()\s]{1,500}\)")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_LONGEST_PLAIN_HEADING = 60  # of a heading that is not in title case: standfirsts are longer
_TITLE_CASE = 0.75  # share of the words of more than three letters that begin with a capital
_LONG_WORD = 4
_FEWEST_TAGS = 3
_LONGEST_TAGS = 400  # code points
_LONGEST_TAG = 4  # words


def is_prose(text: str, length: int) -> bool:
    """Whether a line reads as running text, and not as a title, heading, label or name.

    Args:
        text: the beginning of the line, or all of it.
        length: of the whole line, in code points.
    """
    if length > LONGEST_HEADLINE or text[-1] in ":;," or _LIST_ITEM.match(text):
        return True
    if _is_title_case(text) and ends_like_a_headline(text):
        return False
    if _TERMINAL.search(text) or _INNER_END.search(text):
        return True
    return length > _LONGEST_PLAIN_HEADING and not is_tag_list(text)


def is_headline(text: str) -> bool:
    """Whether a short line may be a headline: no item of a list, and without a full stop."""
    return bool(text) and not _LIST_ITEM.match(text) and text[-1] not in ":;," and ends_like_a_headline(text)


def ends_like_a_headline(text: str) -> bool:
    """Whether the text ends without a full stop, or asks, or calls, or ends with an abbreviation."""
    return not _TERMINAL.search(text) or bool(_ASKS_OR_CALLS.search(text) or _ABBREVIATION.search(text))


def is_tag_list(text: str) -> bool:
    """Whether the line is short phrases with commas between, and no sentence among them."""
    if text.count(",") < _FEWEST_TAGS - 1 or len(text) > _LONGEST_TAGS or _TERMINAL.search(text):
        return False
    return all(1 <= len(tag.split()) <= _LONGEST_TAG for tag in text.split(","))


def is_link(text: str) -> bool:
    """Whether the line is a link in Markdown, or an item of a list without a full stop."""
    if _MARKDOWN_LINK.fullmatch(text):
        return True
    return len(text) <= LONGEST_HEADLINE and _LIST_ITEM.match(text) is not None and not _TERMINAL.search(text)


def _is_title_case(text: str) -> bool:
    words = [word for word in _WORD.findall(text) if len(word) >= _LONG_WORD]
    return len(words) > 1 and sum(not word[0].islower() for word in words) >= _TITLE_CASE * len(words)
