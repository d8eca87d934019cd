"""A summary held against its article: what is false in it is found, and what is true is left alone."""

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from doubles.decisions_server import DECISIONS, decided, refusal, sure
from hypothesis import given
from hypothesis import strategies as st

from newslens import Article, Lens
from newslens.offline.check_ground import Ground
from newslens.offline.checks import check_summary

DATA = Path(__file__).parents[1] / "data"
SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
BRIDGE = (
    "The council voted 7 to 4 on Monday to close the bridge. Mayor Ana Ruiz said the closure would cost $2.5 million. "
    "Repairs will begin on June 2."
)
AWAY = "Fishermen complained about the noise."


def tables(name: str) -> Iterator[tuple[Article, dict[str, Any]]]:
    for row in tomllib.loads((DATA / f"{name}.toml").read_text())["article"]:
        yield Article.from_text(row["text"].strip(), published=row["published"], language="en"), row


# Only the last table is held out: one run, when the rules were frozen. The others, those named so too, were seen since.
@pytest.mark.parametrize(
    ("name", "edits", "caught", "faithful", "alarms"),
    [
        ("faithfulness", 101, 97, 100, 0),
        ("faithfulness-held-out", 24, 20, 20, 1),
        ("faithfulness-fields", 24, 20, 18, 0),
        ("faithfulness-fields-held-out", 24, 17, 18, 0),
        ("faithfulness-manners", 10, 7, 30, 0),
        ("faithfulness-manners-held-out", 10, 6, 30, 1),
    ],
)
def test_edits_are_caught_by_their_kind_and_faithful_sentences_left_alone(
    name: str, edits: int, caught: int, faithful: int, alarms: int
) -> None:
    found = [
        kind in {fault.kind for fault in check_summary(article, edit).faults}
        for article, row in tables(name)
        for kind, edit in row["edits"]
    ]
    alarmed = [
        bool(check_summary(article, sentence).faults) for article, row in tables(name) for sentence in row["faithful"]
    ]
    assert (len(found), len(alarmed)) == (edits, faithful)
    assert sum(found) >= caught
    assert sum(alarmed) <= alarms


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        pytest.param(stated, said, id=f"{cause}: {said}")
        for cause, table in tomllib.loads((DATA / "faithfulness-paraphrases.toml").read_text()).items()
        for stated, said in table["pairs"]
    ],
)
def test_what_an_editor_reckons_folds_in_or_says_in_other_words_is_no_fault(stated: str, said: str) -> None:
    article = Article.from_text(stated, published=date(2025, 3, 20), language="en")
    assert list(check_summary(article, said).faults) == []


def test_a_fault_says_where_it_is_and_what_the_article_has_instead() -> None:
    article = Article.from_text(BRIDGE)
    summary = "The bridge will be closed. The council voted 8 to 4 to close it."
    found = check_summary(article, summary)
    assert [row.supported.value for row in found.rows] == ["supported", "unsupported"]
    (fault,) = found.faults
    assert fault.kind == "changed_number"
    assert summary[fault.words.start : fault.words.end] == fault.words.text
    assert fault.words.sentence == 2
    assert fault.expected is not None
    assert article.text[fault.expected.start : fault.expected.end] == fault.expected.text
    assert fault.expected.sentence == 1


def test_offline_what_the_article_has_no_words_of_is_unclear_with_no_probability() -> None:
    found = Lens(offline=True).check_summary(BRIDGE, AWAY)
    (row,) = found.rows
    assert (row.supported.value, row.supported.probability, row.supported.method) == ("unclear", None, "classical")


def judging(answering: Any) -> Lens:
    """A lens at a stand-in that decides."""

    def respond(request: httpx2.Request) -> httpx2.Response:
        assert request.url.path == DECISIONS
        return httpx2.Response(200, json=decided(json.loads(request.content), answering))

    transport = httpx2.MockTransport(respond)
    sdk = openai.AsyncOpenAI(api_key="none", http_client=openai.DefaultAsyncHttpxClient(transport=transport))
    return Lens(model="m", client=sdk)


def test_a_judge_measures_what_the_code_leaves_open_and_not_what_it_found_false() -> None:
    with judging(sure) as lens:
        found = lens.check_summary(BRIDGE, f"Repairs will begin on July 2. {AWAY}")
    false, measured = (row.supported for row in found.rows)
    assert (false.value, false.method) == ("unsupported", "classical")
    assert (measured.value, measured.method) == ("supported", "decision")
    assert measured.distribution is not None
    assert sum(measured.distribution.values()) == pytest.approx(1)
    assert found.usage.requests == 1


def test_a_judge_that_abstains_leaves_the_row_as_it_was() -> None:
    with judging(refusal) as lens:
        found = lens.check_summary(BRIDGE, AWAY)
    assert [row.supported for row in found.rows] == [
        row.supported for row in check_summary(Article.from_text(BRIDGE), AWAY).rows
    ]


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_a_sentence_of_the_article_copied_as_it_stands_is_faithful(path: Path) -> None:
    article = Article.from_file(path)
    copied = [" ".join(span.text.split()) for span in article.sentences]  # a line end would end a sentence
    assert [fault for sentence in copied for fault in check_summary(article, sentence).faults] == []


def test_a_sentence_out_of_a_quotation_that_goes_on_is_no_copy_of_the_articles_own_voice() -> None:
    article = Article.from_text(
        "The mayor spoke on Monday. “We were all deceived by the builder. The builder stole two million dollars. "
        "Nobody stopped him,” Ruiz said."
    )
    (row,) = check_summary(article, "The builder stole two million dollars.").rows
    assert not Ground(article).says(row.text)
    assert Ground(article).says("The mayor spoke on Monday.")


@given(st.text(max_size=200))
def test_any_summary_has_its_rows_and_every_span_stands_where_it_says(summary: str) -> None:
    found = check_summary(Article.from_text(BRIDGE), summary)
    for fault in found.faults:
        assert summary[fault.words.start : fault.words.end] == fault.words.text


def test_an_opposite_is_caught_though_another_sentence_is_nearer() -> None:
    """The nearest sentence has the offer and not the answer to it."""
    seed = Article.from_file(next(path for path in SEEDS if path.stem == "sheinbaum-declines-military-aid"))
    said = "Claudia Sheinbaum {} an offer of military assistance from Donald Trump."
    found, kept = (check_summary(seed, said.format(verb)) for verb in ("accepted", "declined"))
    assert [(one.kind, one.words.text, one.expected and one.expected.text) for one in found.faults] == [
        ("negation_flipped", "accepted", "declined")
    ]
    assert list(kept.faults) == []


def test_a_number_is_one_across_a_line_end() -> None:
    wrapped = "The strike costs £2.4\nmillion a day, and two hundred and\nten dockers walked out on Monday."
    said = "The strike costs £2.4 million a day. Two hundred and ten dockers walked out."
    assert list(check_summary(Article.from_text(wrapped), said).faults) == []


def test_a_word_that_the_article_has_is_none_that_was_added() -> None:
    article = Article.from_text("The nurses are tired, and the ward does not work well, the report found on Monday.")
    assert list(check_summary(article, "The nurses were tired. The ward did not work well.").faults) == []


@pytest.mark.parametrize(
    ("article", "said", "kind"),
    [
        ("The union condemned the layoffs.", "The union welcomed the layoffs.", "negation_flipped"),
        ("Goran Hadzic defended the dams.", "Goran Hadzic criticized the dams.", "negation_flipped"),
        ("Inflation eased in March to 1.8%.", "Inflation rose in March to 1.8%.", "negation_flipped"),
    ],
)
def test_words_on_two_sides_of_one_matter_are_opposites(article: str, said: str, kind: str) -> None:
    assert [one.kind for one in check_summary(Article.from_text(article), said).faults] == [kind]


CHARGED = (
    "Prosecutors charged Ana Wray with fraud on Monday. She denies the charges. The club plans to sign two players."
)


@pytest.mark.parametrize(
    ("article", "said", "kinds"),
    [
        ("The company sued the union over pay last week.", "The union sued the company last week.", ["swapped_roles"]),
        ("Prices rose from 1.8 to 2.0 percent.", "Prices rose from 2.0 to 1.8 percent.", ["changed_number"] * 2),
        (
            "Wheat prices rose 4 percent, while oil prices fell 3 percent.",
            "Oil prices fell 4 percent.",
            ["changed_number"],
        ),
        (CHARGED, "Ana Wray was convicted of fraud on Monday.", ["changed_step"]),
        (CHARGED, "The club signed two players.", ["changed_step"]),
        (CHARGED, "Ana Wray is accused of fraud, which she denies.", []),
        (CHARGED, "The club plans to sign two players.", []),
        (
            "Frost declined to say whether Wray would appeal.",
            "Frost said that Wray would appeal.",
            ["negation_flipped"],
        ),
        ("Sales fell for the third straight quarter.", "Sales fell for three quarters in a row.", []),
    ],
)
def test_what_a_sentence_turns_round_or_takes_a_step_too_far_is_found_and_its_paraphrase_is_not(
    article: str, said: str, kinds: list[str]
) -> None:
    assert [one.kind for one in check_summary(Article.from_text(article), said).faults] == kinds


@pytest.mark.parametrize(
    "said",
    [
        "The council painted the bridge on Monday.",
        "Repairs will begin on June 2 with 14 workers.",
        "The council voted to close the bridge in England on Monday.",
    ],
)
def test_a_deed_a_number_or_a_country_that_the_article_has_in_no_word_is_unclear(said: str) -> None:
    (row,) = check_summary(Article.from_text(BRIDGE), said).rows
    assert (row.supported.value, row.faults) == ("unclear", ())


@pytest.mark.parametrize(
    ("stated", "said", "kind"),
    [
        ("Nine of the 23 sailors drowned.", "Eleven of the 23 sailors drowned.", "changed_number"),
        ("Police arrested two men over the fire.", "Police arrested three men over the fire.", "changed_number"),
        ("The road costs $62 million.", "The road costs $100 million.", "changed_number"),
        ("The plant opened in 2015 with 300 workers.", "The plant opened in 2016 with 300 workers.", "changed_date"),
        ("A team from France won the race.", "The Spanish team won the race.", "changed_name"),
        ("Kenya sent troops on Monday.", "On Monday Uganda sent troops.", "changed_name"),
        (
            "Helvar closed its plant in Torp.",
            "Helvar closed its plant in Torp, a shameful decision.",
            "loaded_wording_added",
        ),
        ("The mayor said the builder had stolen the money.", "The builder stole the money.", "attribution_lost"),
        ("Leeds had not paid the fine.", "Leeds paid the fine.", "negation_flipped"),
        ("Officials say that the dam is unsafe.", "Officials say that the dam is safe.", "negation_flipped"),
        ("Marn beat Dunn in May.", "Marn lost to Dunn in May.", "negation_flipped"),
    ],
)
def test_what_the_article_says_otherwise_is_a_fault(stated: str, said: str, kind: str) -> None:
    assert kind in {one.kind for one in check_summary(Article.from_text(stated), said).faults}
