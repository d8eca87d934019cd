"""Bytes to text: what the file or page declares, and never a silent guess that garbles it."""

import codecs
import re

from newslens.errors import InputError

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_WHICH = "Say which encoding it is (encoding=…, --encoding), for example cp1252 for Western European."
_META_CHARSET = re.compile(rb"""<meta[^>]{1,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
# What a browser reads under these names (WHATWG Encoding Standard).
_AS_BROWSERS_READ = {"ascii": "cp1252", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_AS_BROWSERS_READ |= {"shift_jis": "cp932", "euc_kr": "cp949"}
_MAX_CHAOS = 0.1  # above it the detector itself sees a mess
_MAX_DAMAGE = 1 / 200  # of the characters may be undecodable under a declared encoding


def of_page(html: bytes, charset: str | None) -> str:
    """A page's bytes as text, by what a browser goes by, and only then by a detector.

    Raises:
        InputError: nothing that is declared or likely fits.
    """
    for mark, name in _MARKS:
        if html.startswith(mark):
            return html.decode(name, "replace")
    if not html.isascii():
        try:
            return html.decode()  # nothing else looks like UTF-8, and many pages that are it claim to be latin-1
        except UnicodeDecodeError:
            pass
    meta = _META_CHARSET.search(html, 0, 4096)
    for declared in (charset, meta[1].decode("ascii", "replace") if meta else None):
        if declared and (text := _as_declared(html, declared)) is not None:
            return text
    return html.decode() if html.isascii() else _by_guess(html)


def _as_declared(html: bytes, declared: str) -> str | None:
    from charset_normalizer.utils import iana_name

    try:
        name = codecs.lookup(iana_name(declared)).name  # Python also has codecs that are no charset
    except (LookupError, ValueError):
        return None
    text = html.decode(_AS_BROWSERS_READ.get(name, name), "replace")
    return text if text.count("\ufffd") <= len(text) * _MAX_DAMAGE else None


def _by_guess(html: bytes) -> str:
    from charset_normalizer import from_bytes

    guesses = list(from_bytes(html[:100_000]))
    ranks = [(guess.chaos, guess.coherence) for guess in guesses if guess.chaos < _MAX_CHAOS]
    if ranks and ranks[0] not in ranks[1:] and (text := _as_declared(html, guesses[0].encoding)) is not None:
        return text
    likely = ", ".join(guess.encoding for guess in guesses[:4]) or "none that is known"
    raise InputError(f"The page declares no encoding that fits it (candidates: {likely}). Say which it is: charset=….")


def of_text(content: bytes, encoding: str | None) -> str:
    """A text file's bytes as text: by its mark, as UTF-16 or UTF-8, or as the caller says; never guessed.

    Raises:
        InputError: the bytes are not that; says where.
    """
    name = encoding or declared(content) or "utf-8"
    try:
        return content.decode(name).removeprefix("\ufeff")
    except UnicodeDecodeError as wrong:
        at = f"byte 0x{content[wrong.start]:02X} at {wrong.start:,}"
        advice = _WHICH if encoding is None else "Try another."
        raise InputError(f"The text is not {name} ({at}). {advice}") from wrong
    except (LookupError, ValueError) as unknown:  # some codecs are no charset
        raise InputError(
            f"There is no encoding {encoding!r}. Python's list is under 'Standard Encodings'."
        ) from unknown


def declared(content: bytes) -> str | None:
    """The encoding that a text's bytes show by themselves: by a mark, or by the zeros of UTF-16; None: neither."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    return marked or _unmarked_utf16(content)


def _unmarked_utf16(content: bytes) -> str | None:
    """UTF-16 without its mark shows by a zero in every other byte, where the script is Latin."""
    sample = content[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 8 < max(len(sample), 16) or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"
