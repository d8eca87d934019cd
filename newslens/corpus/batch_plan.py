"""What an article still needs, found by reading it with what is there."""

from collections.abc import Sequence

from newslens.corpus.batch_recall import Missing, Recall
from newslens.corpus.batch_seat import Seat
from newslens.corpus.job import Job
from newslens.corpus.journal import Journal
from newslens.errors import ConfigurationError, NewslensError
from newslens.llm import loop
from newslens.reading.pipeline import Pipeline
from newslens.report.report import read_report


class Planner:
    """Goes the very way of a real reading, up to where a model would be asked.

    The judge is left out: what it is asked depends on findings, and no batch takes its questions.

    Args:
        seat: who reads.
        runs: pipelines whose finished articles need nothing, even where their answers are not in the store any more.
        retry_failed: see `Recall`.
    """

    def __init__(self, seat: Seat, runs: Sequence[Pipeline], *, retry_failed: bool = False) -> None:
        self._journals = [Journal(seat.store, run, run=None, retry_failed=True) for run in runs]
        self._recall = Recall(seat, retry_failed=retry_failed)
        self._pipeline = seat.twin(self._recall, judged=False)

    def missing(self, job: Job) -> list[Missing]:
        """The requests without an answer; none for what is no article.

        Raises:
            ConfigurationError: settings that cannot work, or a store that cannot be read.
        """
        if isinstance(job.content, NewslensError) or any(journal.known(job) for journal in self._journals):
            return []
        try:
            loop.run(read_report, self._pipeline, job.content)
        except ConfigurationError:
            raise
        except NewslensError:  # mostly that it is pending; whatever it is, the reading proper says it again
            pass
        return self._recall.taken()
