"""Check a summary: in code, and by a judge what the code cannot decide."""

from newslens.article import Article
from newslens.faithfulness import Faithfulness
from newslens.faithfulness.judged import questions, settled
from newslens.judging.abstaining import cautious
from newslens.judging.judge import NAME, Judge
from newslens.reading.outcome import Problem


async def judged(judge: Judge, article: Article, found: Faithfulness, *, deadline: float | None = None) -> Faithfulness:
    """What the code found, the open rows measured as far as they can be; what fails is a `Problem`, and no loss."""
    verdict = await judge.ask(article, questions(found), deadline=deadline)
    rows = settled(found, verdict.answers)
    least = judge.judging.min_probability
    rows = rows if least is None else cautious(rows, least)
    problems = tuple(Problem.of(NAME, error) for error in verdict.errors)
    return rows.model_copy(update={"usage": verdict.usage, "problems": problems})
