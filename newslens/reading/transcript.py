"""The article as a model sees it: fenced, one numbered sentence a line, nothing that could pass for our own words.

The text is data. Each sentence stands on one line behind its number, so that no line of the article can begin
like one of ours; angle and square brackets are replaced by look-alikes, so that it holds no number, tag or
chat-template token of its own; the fence carries a hash of the text, which no text can contain of itself.
"""

import re

from newslens.article.article import Article

_LOOK_ALIKES = str.maketrans({"<": "‹", ">": "›", "[": "⟦", "]": "⟧"})
# What shows nothing; the joiners among it stay, since they spell words.
_UNSEEN = re.compile(r"[\u00ad\u200b\u200e\u200f\u034f\u061c\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]+")
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]+")
_SPACE = re.compile(r"\s+")


def harmless(text: str) -> str:
    """One line without control characters, direction marks, lone surrogates or brackets of ours."""
    visible = _NO_TEXT.sub(" ", _UNSEEN.sub("", text))
    return _SPACE.sub(" ", visible).strip().translate(_LOOK_ALIKES)


def transcript(article: Article, start: int = 0, end: int | None = None, *, blind: bool = False) -> str:
    """The sentences between two offsets (code points), with headline, headings and metadata.

    Args:
        article: the article.
        start: where the part begins; a sentence that begins earlier is shown from here.
        end: where it ends; None for the end of the text.
        blind: leave out who published and who wrote it.
    """
    end = len(article.text) if end is None else end
    fence = f"ARTICLE {article.sha256[:12]}"
    lines = [f"<{fence}>", *_facts(article, blind=blind), *_headline(article), *_body(article, start, end)]
    return "\n".join([*lines, f"</{fence}>"])


def _facts(article: Article, *, blind: bool) -> list[str]:
    facts = {"Published": article.published and article.published.isoformat(), "Language": article.language}
    if not blind:
        facts |= {"Outlet": article.outlet, "Byline": article.byline}
    return [f"{name}: {harmless(value)}" for name, value in facts.items() if value]


def _headline(article: Article) -> list[str]:
    if article.headline:
        return [f"[0] {harmless(article.headline.text)}"]
    return [f"Title: {harmless(article.title)}"] if article.title else []


def _body(article: Article, start: int, end: int) -> list[str]:
    lines = [
        (heading.start, f"# {harmless(heading.text)}") for heading in article.headings if start <= heading.start < end
    ]
    lines += [
        (span.start, f"[{span.sentence}] {harmless(article.text[max(start, span.start) : min(end, span.end)])}")
        for span in article.within(start, end)
    ]
    return [line for _, line in sorted(lines, key=lambda line: line[0])]
