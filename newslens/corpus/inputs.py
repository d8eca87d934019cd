"""The inputs of a run: articles or their texts, each with or without a key."""

import hashlib
from dataclasses import dataclass, field
from typing import Self, TypeAlias

from newslens.article.article import Article
from newslens.errors import InputError, NewslensError, contain_bugs
from newslens.report.report import Report
from newslens.report.reports import Outcome

Input: TypeAlias = Article | str | tuple[str, Article | str | NewslensError]
"""An article or its text, alone or in a pair with the caller's key; an error stands for an unreadable input."""

_PAIR = 2


@dataclass(frozen=True, slots=True)
class KeyedInput:
    """One input of a run.

    Attributes:
        key: the caller's key, or the hash.
        article: hash (SHA-256, hex) of the article with its metadata.
        content: the article, its text, or the error in its place.
    """

    key: str
    article: str
    content: Article | str | NewslensError = field(repr=False)

    @classmethod
    def of(cls, given: object) -> Self:
        """Accept anything: what is not an article becomes an error, since one bad cell must not end a run."""
        key, content = given if isinstance(given, tuple) and len(given) == _PAIR else (None, given)
        if not isinstance(content, (Article, str, NewslensError)):
            content = InputError(f"An article or its text was expected, not {type(content).__name__}.")
        try:
            with contain_bugs():
                name = None if key is None else str(key)
                text = content.model_dump_json() if isinstance(content, Article) else str(content)
        except NewslensError as error:
            content, name, text = error, None, str(error)
        article = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return cls(article if name is None else name, article, content)

    def done(self, report: Report) -> Outcome:
        """The outcome with a report."""
        return Outcome(self.key, report, article=self.article)

    def failed(self, error: NewslensError) -> Outcome:
        """The outcome with an error instead."""
        return Outcome(self.key, error=error, article=self.article)
