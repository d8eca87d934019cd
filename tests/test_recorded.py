"""The whole library against a real model over a real connection (llama.cpp, SmolLM2-135M).

The model invents what it says; these recordings prove the wire, the schema and the grounding, not any answer.
"""

from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from newslens.analyses import ALL, FRAMING, STANCE, SUMMARY
from newslens.analyses.analysis import Analysis
from newslens.article.article import Article
from newslens.lens import Lens
from newslens.options import Limits, Retry
from newslens.report.data import find_spans
from newslens.report.report import Report

CORE = (SUMMARY, STANCE, FRAMING)
SEEDS = Path(__file__).parent.parent / "seeds"
STUB = Article.from_file(SEEDS / "wire-stub.txt")
SMALL = Limits(window=4_096, answer=700)
PATIENT = Retry(deadline_s=600, attempt_timeout_s=300)  # for recording on a busy machine


def sound(report: Report, article: Article) -> None:
    """What holds whatever a model says: words of the article, every analysis accounted for, everything paid for."""
    assert all(article.text[span.start : span.end] == span.text for span in find_spans(report))
    failed = {problem.analysis for problem in report.problems}
    for one in report.coverage:
        assert (one.status == "done") == (one.analysis not in failed)
    assert report.provenance.reader == "model"
    assert report.usage.input_tokens > 0 < report.usage.output_tokens
    assert Report.model_validate_json(report.model_dump_json()) == report


def lens(base_url: str, model: str, limits: Limits = SMALL, analyses: Any = CORE, **settings: Any) -> Lens:
    return Lens(
        model,
        analyses=analyses,
        base_url=base_url,
        limits=limits,
        retry=PATIENT,
        max_output_tokens=limits.answer,
        temperature=0.0,
        seed=1,
        **settings,
    )


@pytest.mark.vcr
def test_each_analysis_of_a_wire_stub_is_asked_and_grounded(recording_base_url: str, recording_model: str) -> None:
    with lens(recording_base_url, recording_model, calls="separate", codebook="episodic_thematic") as reader:
        report = reader.analyze(STUB)
    sound(report, STUB)
    assert report.provenance.model == recording_model
    assert report.usage.requests >= len(CORE)
    assert report.summary is not None
    assert report.summary.key_points


@pytest.mark.vcr
def test_the_other_analyses_are_asked_and_grounded(recording_base_url: str, recording_model: str) -> None:
    others = tuple(analysis for analysis in ALL if analysis not in CORE)
    with lens(recording_base_url, recording_model, analyses=others, calls="separate") as reader:
        report = reader.analyze(STUB)
    sound(report, STUB)
    assert {one.analysis for one in report.coverage} == {analysis.name for analysis in others}
    assert report.usage.requests >= len(others)


@pytest.mark.vcr
@pytest.mark.anyio
async def test_one_request_for_all_from_async_code(recording_base_url: str, recording_model: str) -> None:
    async with lens(recording_base_url, recording_model, calls="joint", codebook="episodic_thematic") as reader:
        report = await reader.aanalyze(STUB)
    sound(report, STUB)


@pytest.mark.vcr
def test_a_long_article_is_read_in_parts(recording_base_url: str, recording_model: str) -> None:
    article = Article.from_file(SEEDS / "dock-strike-wire.txt")
    limits = Limits(window=1_600, answer=500)
    with lens(recording_base_url, recording_model, limits, analyses=[SUMMARY]) as reader:
        report = reader.analyze(article)
    sound(report, article)
    assert report.usage.requests >= 3


class Topic(BaseModel):
    topic: Literal["politics", "sport", "transport", "weather"]


TOPIC = Analysis[Topic](name="topic", result=Topic, prompt="topic", merge=lambda parts: parts[0])
TEMPLATE = '+++\nname = "topic"\nversion = "1"\npurpose = "A test."\nholes = []\n+++\nName the `topic`.'


@pytest.mark.local
@pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])
def test_a_model_file_is_read_from_start_to_end(
    recording_gguf: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """No recording: the real model runs in this process. Its grammar holds any model to the schema's words."""
    (tmp_path / "topic.md").write_text(TEMPLATE, encoding="utf-8")
    limits = Limits(window=2_048, answer=400)
    with Lens(
        gguf=recording_gguf, analyses=[TOPIC, SUMMARY], prompts=tmp_path, limits=limits, temperature=0.0, seed=1
    ) as reader:
        report = reader.analyze(STUB)
    sound(report, STUB)
    topic = report.get(TOPIC)
    assert isinstance(topic, Topic)
    assert report.provenance.model == recording_gguf.stem
    assert capfd.readouterr().err == ""
