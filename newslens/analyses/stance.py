"""Who is for and against what. A quoted stance is never the outlet's stance."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from newslens.analyses.analysis import Analysis, Judgement, Options, Reading
from newslens.analyses.codebook import Codebook
from newslens.analyses.findings import Evidence, Finding, Grounding, Label, joined, settled
from newslens.analyses.questions import Question
from newslens.article.spans import normalise

StanceValue = Literal["favor", "against", "mixed", "unclear", "none"]
Voice = Literal["author", "quoted", "paraphrased", "headline"]

AUTHOR = "author"
_SILENT = frozenset({"none", "unclear"})
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

    def told(self) -> str:
        """Who, toward what, in whose words."""
        return f"{self.holder} → {self.target} ({self.voice}){self.note and f': {self.note}'}"

    @model_validator(mode="after")
    def _asked_for(self, info: ValidationInfo) -> Self:
        if isinstance(info.context, Grounding) and info.context.given:
            given = {_same(target) for target in info.context.given}
            if _same(self.target) not in given:
                raise ValueError(f"{self.target!r} is none of the targets; name them as they were given")
        return self

    @model_validator(mode="after")
    def _shown(self) -> Self:
        if not self.evidence and self.label.value != "none":
            raise ValueError(f"a stance {self.label.value!r} needs at least one sentence as evidence")
        return self

    @classmethod
    def _missing(cls, data: dict[str, Any], grounding: Grounding) -> tuple[str, ...]:
        if data.get("holder") == AUTHOR:
            data = {name: value for name, value in data.items() if name != "holder"}
        return super()._missing(data, grounding)


def merge(parts: Sequence[tuple[Stance, ...]]) -> tuple[Stance, ...]:
    """One record for each holder and target, its label from all of its records."""
    groups: dict[tuple[str, str], list[Stance]] = {}
    for stance in (stance for part in parts for stance in part):
        key = (_same(stance.holder), _same(stance.target))
        groups.setdefault(key, []).append(stance)
    return tuple(_one(group) for group in groups.values())


def _same(name: str) -> str:
    return normalise(name).text.strip()


def _one(group: Sequence[Stance]) -> Stance:
    value = _together([stance.label.value for stance in group])
    lead = next((stance for stance in group if stance.label.value == value), group[0])
    if len(group) == 1:
        return lead
    label = lead.label if lead.label.value == value else StanceLabel(value=value, method=lead.label.method)
    return lead.model_copy(update={"label": label, **joined(group)})


def _together(values: Sequence[StanceValue]) -> StanceValue:
    """What takes a position outweighs what takes none; opposite positions are mixed."""
    positions = {value for value in values if value not in _SILENT}
    if len(positions) > 1:
        return "mixed"
    if positions:
        return positions.pop()
    return "unclear" if "unclear" in values else "none"


def values(options: Options, _: Codebook | None) -> dict[str, str]:
    """The hole `targets` of the prompt."""
    if not options.targets:
        return {"targets": "Find the targets yourself: what the article's people and the article argue about."}
    listed = "\n".join(f"- {' '.join(target.split())}" for target in options.targets)
    return {"targets": f"Only these targets, each named exactly so:\n{listed}"}


def questions(stances: tuple[Stance, ...], _: Reading) -> list[Question]:
    """Each holder's position toward the target; where there is no sentence, no label could be shown."""
    return [
        Question(str(number), _question(stance), _MEANINGS) for number, stance in enumerate(stances) if stance.evidence
    ]


def _question(stance: Stance) -> str:
    holder = "the article itself, apart from the people in it" if stance.holder == AUTHOR else stance.holder
    cited = ", ".join(str(span.sentence) for span in stance.evidence)
    return f"As the article shows it, see its sentences {cited}: what position does {holder} take on {stance.target}?"


STANCE = Analysis[tuple[Stance, ...]](
    name="stances",
    title="Who stands where",
    result=Annotated[tuple[Stance, ...], Field(json_schema_extra={"maxItems": 16})],
    prompt="stance",
    values=values,
    merge=merge,
    judge=Judgement[tuple[Stance, ...]](ask=questions, settle=settled, evidence=True),
)
"""The analysis of who is for and against what."""
