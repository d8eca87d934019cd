"""Reports whose pages the tests look at; as a program, writes the kept report and its page again.

.venv/bin/python tests/page_reports.py
"""

from datetime import UTC, datetime
from pathlib import Path

from newslens.analyses import ALL, CONSISTENCY, FRAMING, HEADLINE, STANCE, SUMMARY
from newslens.analyses.findings import Answer, Problem
from newslens.analyses.framing import PresenceLabel
from newslens.analyses.stance import StanceLabel
from newslens.article.article import Article
from newslens.article.spans import Span
from newslens.errors import Usage
from newslens.lens import Lens
from newslens.report.report import Report

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
SEED = next(path for path in SEEDS if path.stem == "sheinbaum-declines-military-aid")
KEPT = Path(__file__).parent / "data" / "page-report.json"
PAGE = KEPT.with_name("page.html")

_KEPT = (SUMMARY, STANCE, FRAMING, HEADLINE, CONSISTENCY)
MADE = datetime(2026, 11, 24, 12, tzinfo=UTC)
SAMPLE = Lens(offline=True, analyses=ALL).analyze(Article.from_file(SEED))


def united(spans: tuple[Span, ...], text: str) -> str:
    """What some spans cover, each code point once, without white space."""
    covered = sorted({place for span in spans for place in range(span.start, span.end)})
    return "".join("".join(text[place] for place in covered).split())


def varied() -> Report:
    """The seed's report with all that a page can show: labels measured and not, absent, ungrounded, failed."""
    targets = ["Claudia Sheinbaum", "Donald Trump", "cartels"]
    report = Lens(offline=True, analyses=_KEPT, targets=targets).analyze(Article.from_file(SEED))
    assert report.summary
    assert report.stances
    assert report.framing
    against = {"favor": 0.05, "against": 0.83, "mixed": 0.07, "unclear": 0.03, "none": 0.02}
    first, second, third, *rest = report.stances
    stances = (
        first.model_copy(update={"label": StanceLabel.from_answer(Answer(against, "decision"))}),
        second.model_copy(update={"grounded": False, "missing": ("NATO", "“never again”")}),
        third.model_copy(update={"label": StanceLabel(value="favor")}),
        *rest,
    )
    absent = PresenceLabel.from_answer(Answer({"present": 0.1, "absent": 0.88, "unclear": 0.02}, "logprobs"))
    *notes, last = report.framing
    framing = (*notes, last.model_copy(update={"label": absent, "evidence": (), "words": ()}))
    said = {"method": "stated", "text": "NATO had no comment.", "grounded": False, "missing": ("NATO",)}
    gone = Problem(analysis="headline", kind="Unavailable", message="no reply in 120 s (4 tries, last: 503)")
    usage = Usage(requests=3, retries=1, input_tokens=4120, cached_tokens=1024, output_tokens=388, seconds=7.25)
    made = {"reader": "model", "model": "some-model", "server": "127.0.0.1", "seed": 7, "created": MADE}
    return report.model_copy(
        update={
            "article": report.article.model_copy(update={"source": SEED.name}),
            "summary": report.summary.model_copy(update=said),
            "stances": stances,
            "framing": framing,
            "headline": None,
            "problems": (gone,),
            "usage": usage,
            "provenance": report.provenance.model_copy(update=made),
        }
    )


def long() -> Report:
    """A report on more than 10,000 words: the seed's paragraphs again and again, each time with another name."""
    text, *_ = SEED.read_text(encoding="utf-8").partition("Breaking News")
    names = ("Sheinbaum", "Ortega", "Lindqvist", "Okafor", "Tanaka", "Moreau", "Haddad")
    whole = "\n\n".join(text.replace("Sheinbaum", name) for name in names)
    return Lens(offline=True, analyses=ALL).analyze(Article.from_text(whole))


if __name__ == "__main__":
    KEPT.write_text(varied().model_dump_json(indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(varied().to_html(), encoding="utf-8")
