"""What is given to an annotation tool comes back as it was, whatever the text holds, and in the tool's own units."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from annotated import REPORT
from hypothesis import given, settings
from hypothesis import strategies as st
from page_reports import SAMPLE

from newslens.analyses import ALL, FramingNote, Stance
from newslens.analyses.codebook import Codebook
from newslens.analyses.framing import coding
from newslens.article.article import Article
from newslens.lens import Lens
from newslens.report.annotations import (
    configure_label_studio,
    read_doccano,
    read_label_studio,
    read_web_annotation,
    to_doccano,
    to_label_studio,
    to_web_annotation,
)
from newslens.report.annotations.corrections import list_labels
from newslens.report.data import Held
from newslens.report.report import Report
from newslens.report.rows import list_rows

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
HOSTILE = ["</Label><script>", '"]}', "<|endoftext|>", "{braces}", "%s", "\x00", "\ud800", "]]>", "&amp;"]
PIECES = [
    *HOSTILE,
    "🌉",
    "👩‍👩‍👧",
    "ك",
    "שלום ",
    "e\u0301",
    "n\u0303",
    "\r\n",
    "\n\n",
    "\u202e",
    "क्षि",
    " a b. ",
    "Zoë said. ",
]


def with_spans(article: Article, places: list[tuple[int, int]], labels: list[str]) -> Report:
    """A report whose stances and frames stand at these places: evidence the whole, words its first half."""
    spans = [
        (article.span(start, end), article.span(start, max(start + 1, (start + end) // 2))) for start, end in places
    ]
    stances = [
        Stance.model_validate(
            {
                "holder": "a",
                "target": "b",
                "voice": "author",
                "note": "",
                "label": {"value": label},
                "evidence": (whole, *(pair[0] for pair in spans[:1])),
                "words": (half,),
            }
        )
        for (whole, half), label in zip(spans, labels, strict=False)
    ]
    frames = [
        FramingNote(frame=HOSTILE[0], primary=False, function=None, note="", evidence=(whole,))
        for whole, _ in spans[:2]
    ]
    return REPORT.model_copy(
        update={"article": article, "summary": None, "stances": tuple(stances), "framing": tuple(frames)}
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    text = draw(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), min_size=1, max_size=12).map("".join))
    article = Article(text=f"x{text}x")
    last = len(article.text)
    cuts = draw(st.lists(st.integers(0, last), min_size=2, max_size=7, unique=True).map(sorted))
    labels = draw(st.lists(st.sampled_from(["favor", "against", "none"]), min_size=6, max_size=6))
    return with_spans(article, list(pairwise(cuts)), labels)


def through_json(data: Any) -> Any:
    """As a file of UTF-8 gives it back, which no lone surrogate passes."""
    return json.loads(json.dumps(data, ensure_ascii=False).encode())


def from_label_studio(report: Report, *, given: Report | None = None) -> Any:
    """The pre-annotations, accepted as they are."""
    (task,) = through_json(to_label_studio([report]))
    accepted = {**task["predictions"][0], "completed_by": 1}
    return read_label_studio([given or report], [{**task, "annotations": [accepted]}])


def from_doccano(report: Report) -> Any:
    return read_doccano([report], through_json(to_doccano([report])))


def from_web_annotation(report: Report, *, given: Report | None = None) -> Any:
    return read_web_annotation([given or report], [through_json(to_web_annotation(report))])


WAYS: dict[str, Callable[..., Any]] = {
    "label_studio": from_label_studio,
    "doccano": from_doccano,
    "web_annotation": from_web_annotation,
}


@pytest.mark.parametrize("way", WAYS)
@settings(deadline=None, max_examples=12)
@given(report=reports())
def test_nothing_changed_is_no_correction_whatever_the_text_holds(way: str, report: Report) -> None:
    back = WAYS[way]
    assert back(report) == {report.article.sha256: ()}


def held(report: Report) -> dict[str | None, Held]:
    """What each finding that can be marked says, by its id."""
    return {
        item.id: Held(label=item.label and item.label.value, evidence=item.evidence, words=item.words)
        for item in list_rows(report)
    }


@pytest.mark.parametrize("way", ["label_studio", "web_annotation"])
@settings(deadline=None, max_examples=12)
@given(report=reports(), data=st.data())
def test_what_differs_from_the_report_is_what_the_corrections_say(
    way: str, report: Report, data: st.DataObject
) -> None:
    article, last = report.article, len(held(report))
    assert isinstance(article, Article)
    assert report.stances
    cuts = data.draw(
        st.lists(st.integers(0, len(article.text)), min_size=2, max_size=len(report.stances) + 1, unique=True)
    )
    left = with_spans(article, list(pairwise(sorted(cuts))), ["mixed", "favor"] * last)
    back = WAYS[way]
    before, after = held(report), held(left)
    assert {one.finding: (one.before, one.after) for one in back(left, given=report)[article.sha256]} == {
        name: (was, after.get(name)) for name, was in before.items() if was != after.get(name)
    }


@pytest.mark.parametrize("way", WAYS)
def test_nothing_changed_is_no_correction_on_a_real_article(way: str) -> None:
    report = SAMPLE
    assert sum(bool(item.evidence) for item in list_rows(report)) > 3
    back = WAYS[way]
    assert back(report) == {report.article.sha256: ()}


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_nothing_changed_is_no_correction_in_a_million_code_points_of_everything(way: str) -> None:
    article = Article(text="".join(PIECES) * (1_000_000 // len("".join(PIECES))))
    places = [(start, start + 17) for start in range(0, len(article.text) - 17, 50_021)]
    report = with_spans(article, places, ["favor", "none", "mixed"] * len(places))
    back = WAYS[way]
    assert back(report) == {article.sha256: ()}


def marked(report: Report) -> tuple[str, set[str]]:
    """The text and all words that are marked in it, as JSON shows both."""
    spans = [span for item in list_rows(report) for span in (*item.evidence, *item.words)]
    return through_json(report.article.model_dump(mode="json"))["text"], {
        span.model_dump(mode="json")["text"] for span in spans
    }


@settings(deadline=None, max_examples=12)
@given(report=reports())
def test_label_studio_counts_code_points(report: Report) -> None:
    (task,) = through_json(to_label_studio([report]))
    places = [one["value"] for one in task["predictions"][0]["result"] if one["type"] == "labels"]
    text = task["data"]["text"]
    assert (text, {text[place["start"] : place["end"]] for place in places}) == marked(report)


@settings(deadline=None, max_examples=12)
@given(report=reports())
def test_web_annotation_counts_code_points_and_quotes_them(report: Report) -> None:
    text, words = marked(report)
    targets = [target for one in through_json(to_web_annotation(report))["items"] for target in one["target"]]
    for position, quote in (target["selector"] for target in targets):
        assert text[position["start"] : position["end"]] == quote["exact"]
        assert text[: position["start"]].endswith(quote["prefix"])
        assert text[position["end"] :].startswith(quote["suffix"])
    assert {target["selector"][1]["exact"] for target in targets} == words


@settings(deadline=None, max_examples=12)
@given(report=reports())
def test_doccano_counts_utf_16_units(report: Report) -> None:
    (example,) = through_json(to_doccano([report]))
    units = example["text"].encode("utf-16-le")
    words = {units[2 * start : 2 * end].decode("utf-16-le") for start, end, _ in example["label"]}
    assert (example["text"], words) == marked(report)


def test_the_configuration_offers_the_label_set_of_each_kind_and_names_every_control_of_the_tasks() -> None:
    report = SAMPLE
    view = ET.fromstring(configure_label_studio([report]))  # noqa: S314 - our own
    offered = {one.get("name"): [choice.get("value") for choice in one] for one in view.iter("Choices")}
    assert offered["stances-label"] == ["favor", "against", "mixed", "unclear", "none"]
    assert offered["framing-label"] == ["present", "absent", "unclear"]
    (task,) = to_label_studio([report])
    results: Any = through_json(task)["predictions"][0]["result"]
    names = {one.get("name") for one in view.iter()}
    assert {one["from_name"] for one in results if one["type"] != "relation"} <= names
    kinds = {label.get("value") for label in view.iter("Label")}
    assert {label for one in results if one["type"] == "labels" for label in one["value"]["labels"]} <= kinds


def test_an_analysis_of_the_users_own_has_its_whole_label_set_once_it_is_named() -> None:
    mine = coding(Codebook.named("generic_frames"), name="mine")
    report = Lens(offline=True, analyses=[mine]).analyze(Article.from_file(SEEDS[0]))
    for analyses, expected in ((ALL, ["present"]), ((*ALL, mine), ["present", "absent", "unclear"])):
        view = ET.fromstring(configure_label_studio([report], analyses=analyses))  # noqa: S314 - our own
        assert [choice.get("value") for choice in view.iter("Choice")] == expected


def test_an_analysis_that_is_not_named_has_the_labels_that_its_reports_show() -> None:
    label = {"value": "calm", "probability": 0.7, "distribution": {"calm": 0.7, "angry": 0.3}, "method": "decision"}
    report = REPORT.model_copy(update={"other": {"mood": [{"label": label}]}})
    assert list_labels([report], ALL)["mood"] == ("angry", "calm")


def test_a_measured_probability_is_the_score_of_the_choice() -> None:
    assert REPORT.stances
    first, *others = REPORT.stances
    label = first.label.model_copy(update={"probability": 0.83, "method": "decision"})
    report = REPORT.model_copy(update={"stances": (first.model_copy(update={"label": label}), *others)})
    (task,) = through_json(to_label_studio([report]))
    assert [one["score"] for one in task["predictions"][0]["result"] if "score" in one] == [0.83]


def test_web_annotation_names_the_text_by_its_hash_and_the_page_it_came_from_as_scope() -> None:
    page = through_json(to_web_annotation(REPORT))
    targets = [target for one in page["items"] for target in one["target"]]
    name = "ni:///sha-256;LG0hJtdeJXspzgGFzcArkQxcOaXzayDRAvF-x5rt_W8"
    assert page["id"] == f"{name}#findings"
    assert {(target["source"], target["scope"]) for target in targets} == {(name, "https://news.example/bridge")}


def test_a_kind_with_markup_in_its_name_stays_a_name() -> None:
    kind = '"/><script> & '
    report = REPORT.model_copy(
        update={
            "other": {
                kind: [{"label": {"value": "<b>", "probability": None, "distribution": None, "method": "stated"}}]
            }
        }
    )
    view = ET.fromstring(configure_label_studio([report]))  # noqa: S314 - our own
    assert kind in {label.get("value") for label in view.iter("Label")}
    assert not list(view.iter("script"))
