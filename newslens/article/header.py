"""Read what is written before the words of a headline: "Subject:", "Title:", the time of a ticker."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import regex

_TITLE = (
    r"title|headline|subject|titel|titre|t[ií]tulo|titular|titolo|betreff|objet|asunto|oggetto|assunto"
    r"|标题|標題|主题|件名|タイトル|العنوان|الموضوع"
)
_OTHER = (
    r"to|cc|bcc|sent|date|reply-to|message-id|mime-version|content-type|list-unsubscribe|authors?|byline"
    r"|publi(?:cation|shed|sher)|source|outlet|url|link|section|category|slug|tags?|keywords|language|dateline|location"
    r"|word ?count|description|layout|updated|contact|media contact|press contact|e-?mail|phone|tel"
    r"|para|fecha|enviado|autora?|fuente|an|gesendet|datum|autor|quelle|envoyé|à|auteur|da|data|inviato"
    r"|收件人|日期|发送时间|作者|来源|宛先|日時|إلى|التاريخ|الكاتب"
)
_SENDER = r"from|de|von|da|发件人|差出人|من"  # not always the author
_KEY = regex.compile(rf"(?:(?P<title>{_TITLE})|(?P<sender>{_SENDER})|{_OTHER}) ?[:：]\s*", regex.IGNORECASE)
_REPLY = regex.compile(r"(?:(?:re|fwd?|aw|wg|rv|tr|sv|antwort)\s*:\s*)*", regex.IGNORECASE)
# Two spaces, a tab or a dash: "10:30 train derails" has the time among its words.
_CLOCK = regex.compile(
    r"\d{1,2}[:.h]\d\d(?: ?[ap]\.?m\.?)?(?:[ \t\xa0]{2,}|\t|\s*[-–—|]\s+)(?=\p{L}|[\"“‘«¿¡])", regex.IGNORECASE
)
_FEWEST_KEYS = 2  # of a header that has no title


@dataclass(frozen=True, slots=True)
class Header:
    """The lines with keys that a text begins with.

    Attributes:
        keys: how many of its first lines have one.
        title: which of them gives the title.
        sender: which of them tells who sent the mail.
    """

    keys: int = 0
    title: int | None = None
    sender: int | None = None


def has_key(line: str) -> bool:
    """Whether the line begins with one of the keys."""
    return _KEY.match(line) is not None


def read(lines: Sequence[str]) -> Header:
    """The header of a mail or a file; none where a single line only looks like a key and its value."""
    keys = list(takewhile(bool, map(_KEY.match, lines)))
    title = next((i for i, key in enumerate(keys) if key and key["title"] and key.end() < len(lines[i])), None)
    if title is None and len(keys) < _FEWEST_KEYS:
        return Header()
    sender = next((i for i, key in enumerate(keys) if key and key["sender"]), None)
    return Header(len(keys), title, sender)


def words_begin(line: str, *, has_key: bool) -> int:
    """Where the words of a headline begin, behind its key ("Subject: Re:") or the time of a ticker."""
    key = _KEY.match(line) if has_key else None
    start = key.end() if key else 0
    reply = _REPLY.match(line, start) if key else None
    start = reply.end() if reply else start
    clock = _CLOCK.match(line, start)
    return clock.end() if clock else start
