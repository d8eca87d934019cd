"""Check a summary: in code, and by a judge what the code cannot decide."""

from newslens.article.article import Article
from newslens.offline.check_judged import questions, settled
from newslens.offline.checks import Faithfulness
from newslens.reading.abstaining import cautious
from newslens.reading.judge import NAME, Judge
from newslens.reading.outcome import Problem


async def judged(judge: Judge, article: Article, found: Faithfulness, *, deadline: float | None = None) -> Faithfulness:
    """What the code found, the open rows measured as far as they can be; what fails is a `Problem`, and no loss."""
    verdict = await judge.ask(article, questions(found), deadline=deadline)
    rows = settled(found, verdict.answers)
    least = judge.judging.min_probability
    rows = rows if least is None else cautious(rows, least)
    problems = tuple(Problem.of(NAME, error) for error in verdict.errors)
    return rows.model_copy(update={"usage": verdict.usage, "problems": problems})
