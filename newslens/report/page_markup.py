"""Text made harmless for HTML, and the place that a view is shown in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from newslens.report.plain import plain

# What steers the direction of text, and what HTML forbids; white space stays, for the lines of an article.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)


def shown(text: str) -> str:
    """The text with U+FFFD for what HTML forbids and what turns its direction; offsets and white space stay."""
    return _FORBIDDEN.sub("\ufffd", text)


def safe(text: str) -> str:
    """The text as HTML."""
    return escape(shown(text))


def line(text: str) -> str:
    """The text as HTML on one line, in its own direction."""
    return f'<bdi dir="auto">{safe(plain(text))}</bdi>'


def shortened(text: str, longest: int) -> str:
    """The text on one line for an attribute; its ellipsis shows that it was cut."""
    flat = plain(text)
    return safe(flat if len(flat) <= longest else f"{flat[: longest - 1]}…")


def bulleted(rows: Iterable[str]) -> str:
    """A list of rows that are HTML already; nothing when there are none."""
    items = "".join(f"<li>{row}</li>" for row in rows)
    return f"<ul>{items}</ul>" if items else ""


@dataclass(frozen=True, slots=True)
class Host:
    """What a view is shown in: a page of its own, or a document of somebody else's.

    Attributes:
        prefix: of every id, so that two views in one document do not clash.
        level: of the view's first heading.
        whole: a page of its own, whose parts are landmarks.
    """

    prefix: str = ""
    level: int = 1
    whole: bool = True

    def heading(self, depth: int, content: str, attributes: str = "") -> str:
        """A heading `depth` below the view's first; the content is HTML already."""
        name = f"h{self.level + depth}"
        return f"<{name}{attributes}>{content}</{name}>"

    def id(self, anchor: str) -> str:
        """The attribute that makes an element the target of `link`."""
        return f' id="{self.prefix}{anchor}"'

    def href(self, anchor: str) -> str:
        """The attribute that leads to it."""
        return f' href="#{self.prefix}{anchor}"'

    def part(self, landmark: str, name: str, content: str) -> str:
        """One of the view's great parts: a landmark of the page, or a plain section with a name."""
        if self.whole:
            label = f' aria-label="{name}"' if landmark == "aside" else ""
            return f'<{landmark} class="{name.lower()}"{label}>{content}</{landmark}>'
        return f'<section class="{name.lower()}" aria-label="{name}">{content}</section>'
