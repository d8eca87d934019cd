"""Where a speaker's own words appraise a target: "the plan is wrong", "a reckless plan". Bad news is no appraisal."""

from collections.abc import Sequence
from typing import NamedTuple

from newslens.offline.assertion import open_statement
from newslens.offline.judgements import judgement, opinions
from newslens.offline.parsing import Parse
from newslens.offline.phrases import Range


class Appraisal(NamedTuple):
    """For or against, and the deciding words."""

    favor: bool
    cue: Range


def appraisal(parsed: Parse, targets: Sequence[Range], content: Range) -> Appraisal | None:
    """How a statement appraises one of the targets: as its subject, or by an adjective right before it.

    Args:
        parsed: the sentence.
        targets: mentions of the target, as ranges in words.
        content: the statement, as a range in words.
    """
    found = judgement(parsed, content, effects=False)
    if found is not None and any(_named(parsed, found.target, target) for target in targets):
        one = Appraisal(found.favor, found.cue)
    else:
        first = next((k - 1 for k, _ in targets if k > content[0] and parsed.lows[k - 1] in opinions()), None)
        if first is None or parsed.negated(first):
            return None
        one = Appraisal(opinions()[parsed.lows[first]], (first, first + 1))
    return one if open_statement(parsed, one.cue[0]) else None


def _named(parsed: Parse, phrase: Range, mention: Range) -> bool:
    """Whether the phrase ends in the mention: "the phone ban" in "ban", not "the critics of the ban"."""
    within = phrase[0] <= mention[0] and phrase[1] == mention[1]
    return within and "of" not in parsed.lows[phrase[0] : mention[0]]
