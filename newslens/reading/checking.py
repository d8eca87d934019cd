"""Put the sentences of a summary that are still open to a judge."""

from newslens.analyses.faithfulness import Faithfulness
from newslens.analyses.findings import Problem, SupportLabel
from newslens.analyses.questions import Question
from newslens.article.article import Article
from newslens.reading.judge import NAME, Judge
from newslens.reading.measures import abstain

_ASKED = "Does the article support this sentence of a summary?"
_OPTIONS = {
    "supported": "the article says this, in these words or others",
    "unsupported": "the article does not say this, or says otherwise",
    "unclear": "it cannot be told",
}


async def judge_summary(
    judge: Judge, article: Article, found: Faithfulness, *, deadline: float | None = None
) -> Faithfulness:
    """Measure `supported` of each sentence in which no fault was found; what fails becomes a `Problem`."""
    is_open = (row for row in found.rows if row.supported.value == "unclear")
    questions = [Question(str(row.number), f"{_ASKED}\n{row.text}", _OPTIONS) for row in is_open]
    verdict = await judge.ask(article, questions, deadline=deadline)
    measured = {key: SupportLabel.measured(answer) for key, answer in verdict.answers.items()}
    rows = tuple(
        row.model_copy(update={"supported": measured.get(str(row.number), row.supported)}) for row in found.rows
    )
    problems = tuple(Problem.of(NAME, error) for error in verdict.errors)
    judged = found.model_copy(update={"rows": rows, "usage": verdict.usage, "problems": problems})
    least = judge.judging.min_probability
    return judged if least is None else abstain(judged, least)
