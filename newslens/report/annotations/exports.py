"""What a tool hands back, read into the shape that its format says and matched to the reports it came from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from newslens.analyses import ALL
from newslens.analyses.analysis import Analysis
from newslens.article.spans import without_surrogates
from newslens.errors import InputError
from newslens.report.annotations.marks import Vocabulary, article_of, vocabulary

if TYPE_CHECKING:
    from newslens.report.report import Report

S = TypeVar("S")

_LONGEST = 120  # characters of a message that is not ours


class Loose(BaseModel):
    """A part of an export: fields of the tool that we do not use are let be."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


def read(shape: type[S], data: Any, *, tool: str) -> S:
    """The export in its shape.

    Raises:
        InputError: it is not what the format says; the message names the place.
    """
    try:
        return TypeAdapter(shape).validate_python(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        said = "".join(character for character in first["msg"] if character.isprintable())[:_LONGEST]
        raise InputError(f"Not an export of {tool}: {place}: {said}.") from None  # the cause holds the export


@dataclass(frozen=True, slots=True)
class Originals:
    """The reports that were given out.

    Attributes:
        reports: by the hash of their article.
        vocabulary: the labels of each kind.
    """

    reports: dict[str, "Report"]
    vocabulary: Vocabulary

    @classmethod
    def of(cls, reports: Iterable["Report"], analyses: Sequence[Analysis[Any]] = ALL) -> "Originals":
        """The reports by article.

        Raises:
            InputError: two are on the same article, or one is without its text.
        """
        given = tuple(reports)
        found: dict[str, Report] = {}
        for report in given:
            digest = article_of(report).sha256
            if digest in found:
                raise InputError(f"Two reports are on article {digest[:12]}. Give the one that was given to the tool.")
            found[digest] = report
        return cls(found, vocabulary(given, analyses))

    def on(self, digest: str, where: str) -> "Report":
        """The report on an article.

        Raises:
            InputError: none is.
        """
        if digest not in self.reports:
            raise InputError(f"{where} is on article {digest[:12]!r}, and none of the reports is. Add its report.")
        return self.reports[digest]

    def unedited(self, digest: str, text: str, where: str) -> "Report":
        """The report on an article whose text the tool gives back.

        Raises:
            InputError: no report is on it; or the text is another now, so that offsets say nothing.
        """
        report = self.on(digest, where)
        if text != without_surrogates(article_of(report).text):
            raise InputError(f"The text of {where} is not that of article {digest[:12]}. Restore it, or read it anew.")
        return report
