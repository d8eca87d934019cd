"""Decode bytes by what the file or page declares; an encoding is never guessed if the guess could garble the text."""

import codecs
import re

from newslens.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"""<meta[^>]{1,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_MAX_CHAOS = 0.1  # charset-normalizer's own measure of a mess
_MAX_DAMAGE = 1 / 200  # of the characters may be undecodable under a declared encoding


def decode_page(html: bytes, charset: str | None) -> str:
    """A page's bytes as text: by byte order mark, as UTF-8, as declared, and only then by a detector.

    Labels, such as the `charset` of the HTTP header, are those of the WHATWG Encoding Standard; others are ignored.

    Raises:
        InputError: no declared or detected encoding fits.
    """
    import webencodings
    from charset_normalizer import from_bytes

    for mark, name in _MARKS:
        if html.startswith(mark):
            return html.decode(name, "replace")
    if not html.isascii():
        try:
            return html.decode()  # nothing else looks like UTF-8, and many pages in UTF-8 claim to be Latin-1
        except UnicodeDecodeError:
            pass
    meta = _META_CHARSET.search(html, 0, 4096)
    labels = (charset, meta[1].decode("ascii", "replace") if meta else None)
    for known in (webencodings.lookup(label) for label in labels if label and label.isascii()):
        codec = codecs.lookup("gb18030") if known and known.name == "gbk" else known and known.codec_info
        if codec and (text := _decode_soundly(html, codec)) is not None:  # gb18030: as browsers read gbk
            return text
    if html.isascii():
        return html.decode()
    guesses = list(from_bytes(html[:100_000]))
    ranks = [(guess.chaos, guess.coherence) for guess in guesses if guess.chaos < _MAX_CHAOS]
    if ranks and ranks[0] not in ranks[1:]:
        text = _decode_soundly(html, codecs.lookup(guesses[0].encoding))
        if text is not None:
            return text
    likely = ", ".join(guess.encoding for guess in guesses[:4]) or "none"
    raise InputError(f"The page declares no encoding that fits it (candidates: {likely}). State it with charset=….")


def _decode_soundly(html: bytes, codec: codecs.CodecInfo) -> str | None:
    text, _ = codec.decode(html, "replace")
    return text if text.count("\ufffd") <= len(text) * _MAX_DAMAGE else None


def decode_text(content: bytes, encoding: str | None) -> str:
    """A text file's bytes as text: in the given encoding, else by what the bytes show, else as UTF-8.

    Raises:
        InputError: the encoding is unknown or does not fit; the message says at which byte.
    """
    name = encoding or detect_encoding(content) or "utf-8"
    try:
        return content.decode(name).removeprefix("\ufeff")
    except UnicodeDecodeError as wrong:
        at = f"byte 0x{content[wrong.start]:02X} at {wrong.start:,}"
        advice = "State the encoding (encoding=…, --encoding), for example cp1252 for Western European."
        raise InputError(f"The text is not {name} ({at}). {advice if encoding is None else 'Try another.'}") from wrong
    except (LookupError, ValueError) as unknown:  # ValueError: some of Python's codecs decode no text
        raise InputError(f"There is no encoding {encoding!r}. See 'Standard Encodings' in Python's docs.") from unknown


def detect_encoding(content: bytes) -> str | None:
    """The encoding that a byte order mark shows, or the zeros in every other byte of Latin script in UTF-16."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    sample = content[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if marked or max(even, odd) * 8 < max(len(sample), 16) or min(even, odd) * 10 > max(even, odd):
        return marked
    return "utf-16-be" if even > odd else "utf-16-le"
