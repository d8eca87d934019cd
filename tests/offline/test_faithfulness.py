"""A summary compared with its article: numbers, dates, names, quotations and negation."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from doubles.decisions_server import DECISIONS, decided, refusal, sure
from hypothesis import given, settings
from hypothesis import strategies as st

from newslens import Article, Lens
from newslens.offline.checks import check_summary

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
PUBLISHED = date(2025, 5, 6)  # a Tuesday
BRIDGE = (
    "The city council of Harwick voted 7 to 4 on Monday to close the Old Mill Bridge for 18 months. Mayor Ana Ruiz, "
    "who opposed the closure, said it would cost traders about $2.5 million a year. “We are cutting the town in half,” "
    "Ruiz told reporters.\n\nEngineers from Mexico found cracks in three of the nine piers in March. Repairs will "
    "begin on June 2. The bridge was not safe for lorries, the council said. The Harwick Rail Office, or H.R.O., was "
    "not asked until May. It was closed for a month in 2012."
)
ARTICLE = Article.from_text(BRIDGE, published=PUBLISHED, language="en")
AWAY = "Fishermen complained about the noise."


def faults(summary: str, text: str = BRIDGE, language: str | None = "en") -> list[tuple[str, str, str | None]]:
    """What is found: kind, words, and what the article has instead."""
    found = check_summary(Article.from_text(text, published=PUBLISHED, language=language), summary)
    return [(one.kind, one.words.text, one.expected.text if one.expected else None) for one in found.faults]


@pytest.mark.parametrize(
    ("summary", "found"),
    [
        ("The council voted 8 to 4 to close it.", ("changed_number", "8", "7")),
        ("The bridge will be closed for 18 weeks.", ("changed_number", "18 weeks", "18 months")),
        ("The closure will cost traders $3.5 million a year.", ("changed_number", "$3.5 million", "$2.5 million")),
        ("Engineers found cracks in nine of the nine piers.", ("changed_number", "nine", "three")),
        ("They spent £41,000.", ("changed_number", "£41,000", None)),
        ("The council voted on Tuesday to close the bridge.", ("changed_date", "Tuesday", "Monday")),
        ("Repairs will begin on July 2.", ("changed_date", "July 2", "June 2")),
        ("It was closed for a month in 2013.", ("changed_date", "2013", "2012")),
        ("Mayor Ana Gomez opposed the closure.", ("changed_name", "Gomez", None)),
        ("Mayor Ana Riuz opposed the closure.", ("changed_name", "Riuz", "Ruiz")),
        ("Mayor Petra Lund opposed it.", ("changed_name", "Petra Lund", None)),
        ("Canadian engineers found cracks; the Canadians left.", ("changed_name", "Canadians", None)),
        ("“We are tearing the town in half,” she said.", ("altered_quotation", "We are tearing the town in half",
                                                           "We are cutting the town in half")),
        ("The bridge was safe for lorries, the council said.", ("negation_flipped", "safe", "not")),
        ("The council of Harwick never voted to close the Old Mill Bridge.", ("negation_flipped", "never", "voted")),
        ("The council of Harwick didn't vote to close the Old Mill Bridge.", ("negation_flipped", "didn't", "voted")),
    ],
)  # fmt: skip
def test_what_the_article_has_otherwise_is_a_fault(summary: str, found: tuple[str, str, str | None]) -> None:
    assert faults(summary) == [found]


@pytest.mark.parametrize(
    "summary",
    [
        "The council voted 7-4.",
        "It will cost some 2,500,000 dollars a year, or two and a half million.",
        "The closure lasts eighteen months.",
        "Two engineers came.",  # a small count may be of what the article names one by one
        "The council voted on May 5, 2025. That was in May.",
        "The vote was in 2025.",  # when the article was published
        "Mexican engineers looked at the Old Mill Bridge in Harwick, Britain.",
        "The HRO was not asked. The H.R.O. was asked in May.",
        "Madam Mayor Ruiz's council. Previously, Harwick had voted. Mayors of Harwicks.",
        "“We are … in half,” she said, “cutting [it] the town”.",
        "The bridge was unsafe. Lorries were not only safe.",
        "The council did not say who pays for it.",
        "",
        AWAY,
    ],
)
def test_what_the_article_has_in_another_form_is_no_fault(summary: str) -> None:
    assert faults(summary) == []


@pytest.mark.parametrize(
    ("text", "summary", "kinds"),
    [
        ("Wheat rose 4 percent. Oil fell 3 percent on Friday.", "Oil fell 4 percent on Friday.", ["changed_number"]),
        ("Ana said on May 4 she left. It rained on May 5.", "Ana said on May 5 she left.", ["changed_date"]),
        ("He is a French man, who works for the BBC.", "The man from France works for the BBC.", []),
        ("The United States left.", "The US left. The U.S. left. The USA left. America left.", []),
        ("It was closed last year.", "It was closed in 2024.", []),
        ("The Bank of Japan met.", "The BOJ met. The BOE met.", ["changed_name"]),
        ("La ministra dijo el 4 de mayo que 300 personas salieron.", "El 5 de mayo salieron 200.",
         ["changed_date", "changed_number"]),
        ("Der Minister sprach am 4. Mai in Bonn.", "Der Kanzler sprach nicht am 4. Mai mit den Leuten.", []),
    ],
)  # fmt: skip
def test_other_articles(text: str, summary: str, kinds: list[str]) -> None:
    assert [kind for kind, _, _ in faults(summary, text, language=None)] == kinds


def test_a_fault_says_where_it_is_in_both_texts() -> None:
    article = Article.from_text(BRIDGE)
    summary = "The bridge will be closed. The council voted 8 to 4 to close it."
    found = check_summary(article, summary)
    (fault,) = found.faults
    assert fault.expected is not None
    assert (fault.words.sentence, fault.expected.sentence) == (2, 1)
    assert summary[fault.words.start : fault.words.end] == fault.words.text == "8"
    assert article.text[fault.expected.start : fault.expected.end] == fault.expected.text == "7"
    assert [row.supported.value for row in found.rows] == ["unclear", "unsupported"]
    assert article.sentences[0] in found.rows[1].evidence


def test_a_title_beside_the_text_counts_and_has_no_span() -> None:
    article = Article(text="The council voted on Monday.", title="Harwick closes 3,000 paths")
    assert check_summary(article, "Harwick closed 3,000 paths.").faults == ()
    (fault,) = check_summary(article, "Harwick closes 4,000 paths.").faults
    assert (fault.kind, fault.expected) == ("changed_number", None)


def test_offline_nothing_is_called_supported() -> None:
    found = Lens(offline=True).check_summary(BRIDGE, f"{BRIDGE} {AWAY}")
    assert {(row.supported.value, row.supported.probability) for row in found.rows} == {("unclear", None)}
    assert found.faults == ()


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
    assert found.rows == check_summary(Article.from_text(BRIDGE), AWAY).rows


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_the_sentences_of_an_article_have_no_fault_in_it(path: Path) -> None:
    article = Article.from_file(path)
    copied = "\n".join(" ".join(span.text.split()) for span in article.sentences[:60])  # a line end ends a sentence
    assert check_summary(article, copied).faults == ()


@pytest.mark.parametrize(
    "text",
    [
        "9" * 300,
        "hundred " * 200,
        "The plant has 300 workers and " + "so many words that nobody reads them " * 150,
    ],
    ids=["digits", "hundreds", "no full stop"],
)
def test_odd_texts_are_compared_like_others(text: str) -> None:
    article = Article.from_text(f"{BRIDGE}\n\n{text}")
    assert check_summary(article, text).faults == ()
    assert len(check_summary(article, f"The plant has 301 workers and {text} more.").rows) == 1


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_every_span_of_a_fault_stands_where_it_says(summary: str) -> None:
    for fault in check_summary(ARTICLE, summary).faults:
        assert summary[fault.words.start : fault.words.end] == fault.words.text
