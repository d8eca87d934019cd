"""What the code cannot decide about a summary, as questions to a judge."""

from collections.abc import Sequence

from newslens.analyses.faithfulness import Faithfulness, Row
from newslens.analyses.findings import SupportLabel
from newslens.analyses.questions import Answers, Question

_OPTIONS = {
    "supported": "the article says this, in these words or others",
    "unsupported": "the article does not say this, or says otherwise",
    "unclear": "it cannot be told",
}


def questions(found: Faithfulness) -> Sequence[Question]:
    """One for each sentence without a fault that the article has too few words of."""
    asked = "Does the article support this sentence of a summary?"
    return [Question(str(row.number), f"{asked}\n{row.text}", _OPTIONS) for row in found.rows if _is_open(row)]


def settled(found: Faithfulness, answers: Answers) -> Faithfulness:
    """The rows with what was measured; what the code found false stays so."""
    rows = (
        row.model_copy(update={"supported": SupportLabel.measured(answers[str(row.number)])})
        if _is_open(row) and str(row.number) in answers
        else row
        for row in found.rows
    )
    return found.model_copy(update={"rows": tuple(rows)})


def _is_open(row: Row) -> bool:
    return row.supported.value == "unclear"
