"""The article as a model sees it: in a fence, one numbered sentence a line, with nothing that passes for our own words.

The text is data. Each sentence is on one line behind its number, so no line of the article can begin like one of ours.
Angle and square brackets are replaced by look-alikes, so the text holds no number, tag or chat-template token of ours.
The fence carries a hash of the text, which no text can contain of itself.
"""

import re

from newslens.article.article import Article

_LOOK_ALIKES = str.maketrans({"<": "‹", ">": "›", "[": "⟦", "]": "⟧"})
# Invisible characters; joiners are kept because they spell words.
_INVISIBLE = re.compile(r"[\u00ad\u200b\u200e\u200f\u034f\u061c\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]+")
_SPACE = re.compile(r"\s+")


def sanitize(text: str) -> str:
    """Return the text on one line, without control characters, direction marks, lone surrogates and our brackets."""
    visible = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    return _SPACE.sub(" ", visible).strip().translate(_LOOK_ALIKES)


def render_transcript(article: Article, start: int = 0, end: int | None = None, *, blind: bool = False) -> str:
    """Return the sentences between two offsets (code points), with headline, headings and metadata.

    Args:
        article: the article.
        start: where the part begins; a sentence that begins earlier is shown from here.
        end: where the part ends; None for the end of the text.
        blind: leave out outlet and byline.
    """
    end = len(article.text) if end is None else end
    facts = {"Published": article.published and article.published.isoformat(), "Language": article.language}
    if not blind:
        facts |= {"Outlet": article.outlet, "Byline": article.byline}
    lines = [f"{name}: {sanitize(value)}" for name, value in facts.items() if value]
    if article.headline:
        lines.append(f"[0] {sanitize(article.headline.text)}")
    elif article.title:
        lines.append(f"Title: {sanitize(article.title)}")
    body = [(one.start, f"# {sanitize(one.text)}") for one in article.headings if start <= one.start < end]
    for span in article.within(start, end):
        shown = article.text[max(start, span.start) : min(end, span.end)]
        body.append((span.start, f"[{span.sentence}] {sanitize(shown)}"))
    lines += [line for _, line in sorted(body, key=lambda line: line[0])]
    fence = f"ARTICLE {article.sha256[:12]}"
    return "\n".join([f"<{fence}>", *lines, f"</{fence}>"])
