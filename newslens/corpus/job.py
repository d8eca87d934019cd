"""One input of a bulk run and what became of it."""

import hashlib
from dataclasses import dataclass, field
from typing import Self, TypeAlias

from newslens.article.article import Article
from newslens.errors import InputError, NewslensError
from newslens.report.report import Report
from newslens.report.reports import Outcome

Input: TypeAlias = Article | str | tuple[str, Article | str | NewslensError]
"""An article, its text, or either behind a key of the caller's; an error stands for an input that could not be read."""


_KEYED = 2  # members of an input with its key


@dataclass(frozen=True, slots=True)
class Job:
    """An input, told apart.

    Attributes:
        key: the caller's, else the hash.
        article: hash of the article with its metadata.
        content: what is to be read, or the error that stands in its place.
    """

    key: str
    article: str
    content: Article | str | NewslensError = field(repr=False)

    @classmethod
    def of(cls, given: Input) -> Self:
        """The job that an input asks for. Whatever is no input becomes an error, as one bad cell ends no run."""
        key, content = given if isinstance(given, tuple) and len(given) == _KEYED else (None, given)
        if not isinstance(content, (Article, str, NewslensError)):
            content = InputError(f"An article or its text was expected, not {type(content).__name__}.")
        article = _hash(content)
        return cls(article if key is None else str(key), article, content)

    def failed(self, error: NewslensError) -> Outcome:
        """The outcome without a report."""
        return Outcome(self.key, error=error, article=self.article)

    def done(self, report: Report) -> Outcome:
        """The outcome with one."""
        return Outcome(self.key, report, article=self.article)


def _hash(content: Article | str | NewslensError) -> str:
    text = content.model_dump_json() if isinstance(content, Article) else str(content)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
