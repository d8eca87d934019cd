"""Make text from outside harmless where people read it: on a terminal, in HTML and in Markdown."""

import re

# Control characters (terminal commands), direction overrides and isolates, lone surrogates, and what HTML forbids.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
_SPACE = re.compile(r"\s+")
_MARKS = re.compile(r"[\\`*_{}\[\]|~^$#]|^[-+:=]|(?<==)=|^(?P<number>\d+)(?=[.)])")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Where hosts (GitHub, GitLab) make a link or a mention of bare text: @name, #12, :smile:, //host, www., a.com. A word
# joiner there keeps the characters apart.
_LIVE = re.compile(
    r"(?<=[@#])(?=\w)|(?<=:)(?=[^\W\d]|[/+-])|(?<!\d:)(?<=:)(?=\d)|(?<=/)(?=/)"
    r"|(?<=\S)(?=\.[^\W\d_]{2})|(?<=\.)(?=[^\W\d_]{2})|(?<=www)(?=\.)",
    re.IGNORECASE,
)


def replace_unsafe(text: str) -> str:
    """The text with U+FFFD for each character that could command a terminal, turn text around or break HTML."""
    return _UNSAFE.sub("\ufffd", text)


def to_one_line(text: str) -> str:
    """The text without unsafe characters, on one line."""
    return _SPACE.sub(" ", replace_unsafe(text)).strip()


def shorten(text: str, longest: int) -> str:
    """The text on one line of at most `longest` code points; an ellipsis marks a cut."""
    line = to_one_line(text)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def escape_markdown(text: str) -> str:
    """Text on one line that Markdown shows as it is, wherever it stands."""
    apart = _LIVE.sub("\u2060", to_one_line(text))
    return _MARKS.sub(lambda mark: f"{mark[0]}\\" if mark["number"] else f"\\{mark[0]}", apart).translate(_ENTITIES)
