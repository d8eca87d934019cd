"""Who is for and against what. A quoted stance is never the outlet's stance."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from newslens.analyses.analysis import Analysis, Judgement, Options, Reading
from newslens.analyses.codebook import Codebook
from newslens.analyses.findings import (
    Evidence,
    Finding,
    Grounding,
    Label,
    Question,
    join_evidence,
    settle_by_number,
)
from newslens.article.spans import normalise

StanceValue = Literal["favor", "against", "mixed", "unclear", "none"]
Voice = Literal["author", "quoted", "paraphrased", "headline"]

AUTHOR = "author"
_MEANINGS = {
    "favor": "supports it",
    "against": "opposes it",
    "mixed": "supports it in part and opposes it in part",
    "unclear": "seems to take a position, and which one cannot be told",
    "none": "takes no position on it",
}


class StanceLabel(Label[StanceValue]):
    """A stance; a class with a name of its own, so that it pickles."""


class Stance(Finding):
    """One holder's position toward one target (SemEval-2016 Task 6; SEESAW, Zhang et al. 2022).

    `none`: the text takes no position. `unclear`: it may, but it cannot be told.
    """

    prose: ClassVar[tuple[str, ...]] = ("note",)
    phrases: ClassVar[tuple[str, ...]] = ("holder", "target")

    holder: str = Field(description="who holds it, in the article's words; 'author' for the article's own voice")
    target: str = Field(description="person, organisation, policy or proposition, in the article's words")
    label: StanceLabel = Field(description="the holder's stance toward the target")
    voice: Voice = Field(description="author: the article's own; quoted or paraphrased: the holder's; headline")
    evidence: Evidence = Field(description="numbers of the sentences that show it; empty only for 'none'")
    note: str = Field(description="why, in at most twenty words; empty if plain")

    def describe(self) -> str:
        """Say who, toward what, in whose words."""
        return f"{self.holder} → {self.target} ({self.voice}){self.note and f': {self.note}'}"

    @model_validator(mode="after")
    def _check_stance(self, info: ValidationInfo) -> Self:
        given = info.context.given if isinstance(info.context, Grounding) else frozenset()
        if given and _fold(self.target) not in {_fold(target) for target in given}:
            raise ValueError(f"{self.target!r} is none of the targets; name them as they were given")
        if not self.evidence and self.label.value != "none":
            raise ValueError(f"a stance {self.label.value!r} needs at least one sentence as evidence")
        return self

    @classmethod
    def find_missing(cls, data: dict[str, Any], grounding: Grounding) -> tuple[str, ...]:
        """Find what the article lacks; the author is not one of its words."""
        words = {name: value for name, value in data.items() if name != "holder" or value != AUTHOR}
        return super().find_missing(words, grounding)


def merge(parts: Sequence[tuple[Stance, ...]]) -> tuple[Stance, ...]:
    """Make one record for each holder and target.

    What takes a position outweighs what takes none; opposite positions are mixed.
    """
    groups: dict[tuple[str, str], list[Stance]] = {}
    for stance in (stance for part in parts for stance in part):
        groups.setdefault((_fold(stance.holder), _fold(stance.target)), []).append(stance)
    merged = []
    for group in groups.values():
        values: list[StanceValue] = [stance.label.value for stance in group]
        positions = set(values) - {"none", "unclear"}
        value: StanceValue = "mixed" if positions else "unclear" if "unclear" in values else "none"
        if len(positions) == 1:
            value = positions.pop()
        lead = next((stance for stance in group if stance.label.value == value), group[0])
        label = lead.label if lead.label.value == value else StanceLabel(value=value, method=lead.label.method)
        joined = join_evidence(group) if len(group) > 1 else {}
        merged.append(lead.model_copy(update={"label": label, **joined}))
    return tuple(merged)


def _fold(name: str) -> str:
    return normalise(name).text.strip()


def fill(options: Options, _: Codebook | None) -> dict[str, str]:
    """Fill the placeholder `targets` of the prompt."""
    if not options.targets:
        return {"targets": "Find the targets yourself: what the article's people and the article argue about."}
    listed = "\n".join(f"- {' '.join(target.split())}" for target in options.targets)
    return {"targets": f"Only these targets, each named exactly so:\n{listed}"}


def ask(stances: tuple[Stance, ...], _: Reading) -> list[Question]:
    """Ask for each holder's position toward the target; without a sentence, no label could be shown."""
    asked = []
    for number, stance in enumerate(stances):
        holder = "the article itself, apart from the people in it" if stance.holder == AUTHOR else stance.holder
        cited = ", ".join(str(span.sentence) for span in stance.evidence)
        about = f"As the article shows it, see its sentences {cited}: "
        text = f"{about}what position does {holder} take on {stance.target}?"
        if stance.evidence:
            asked.append(Question(str(number), text, _MEANINGS))
    return asked


STANCE = Analysis[tuple[Stance, ...]](
    name="stances",
    title="Who stands where",
    result=Annotated[tuple[Stance, ...], Field(json_schema_extra={"maxItems": 16})],
    prompt="stance",
    values=fill,
    merge=merge,
    judge=Judgement[tuple[Stance, ...]](ask=ask, settle=settle_by_number, evidence=True),
)
"""The analysis of who is for and against what."""
