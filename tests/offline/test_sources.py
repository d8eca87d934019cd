"""Attributions without a model: source, cue, content, class and role. These texts show that the code works, no more."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newslens.analyses.analysis import Reading
from newslens.article.article import Article
from newslens.errors import LanguageUnknown
from newslens.offline.sources import read_sources

SEEDS = Path(__file__).parents[2] / "seeds"


def found(text: str) -> list[dict[str, Any]]:
    return read_sources(Reading(Article(text=text, language="en")))


def parts(text: str) -> list[tuple[str | None, str, list[str]]]:
    return [(one["source"], one["cue"], [span.text for span in one["content"]]) for one in found(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Maria Lopez said the bridge would open.", ("Maria Lopez", "said", ["the bridge would open"])),
        ("“We stay,” said Tom Becker.", ("Tom Becker", "said", ["We stay"])),
        ("The plan is dead, said Tom Becker.", ("Tom Becker", "said", ["The plan is dead"])),
        ("“We stay,” he told the BBC.", ("he", "told", ["We stay"])),
        ("“We stay,” Lee, 54, told the BBC.", ("Lee", "told", ["We stay"])),
        ("“We stay,” Orr said, “until the end.”", ("Orr", "said", ["We stay", "until the end"])),
        ("''We stay,'' Orr said.", ("Orr", "said", ["We stay"])),
        ("The rosters, Orr said, were needed.", ("Orr", "said", ["The rosters", "were needed"])),
        ("The pier is lost, according to Ann Lee.", ("Ann Lee", "according to", ["The pier is lost"])),
        ("According to Ann Lee, the pier is lost.", ("Ann Lee", "According to", ["the pier is lost"])),
        ("Orr called the bill “a gift”.", ("Orr", "called", ["the bill “a gift”"])),
        ("Orr told reporters in Hull on Monday that it was late.", ("Orr", "told", ["it was late"])),
        ("The court on Monday ruled that it was late.", ("The court", "ruled", ["it was late"])),
        ("Lee, the mayor since May, said it was late.", ("Lee", "said", ["it was late"])),
        ("The mayor, Ann Lee, said it was late.", ("Ann Lee", "said", ["it was late"])),
        ("A man who ran the shop said it was late.", ("A man", "said", ["it was late"])),
        ("Rep. Ann Lee (D-Wis.) said it was late.", ("Rep. Ann Lee (D-Wis.)", "said", ["it was late"])),
        ("Mr. Orr and Ms. Lee say it is late.", ("Mr. Orr and Ms. Lee", "say", ["it is late"])),
        ("A spokesman for the mayor of Hull denied it.", ("A spokesman for the mayor of Hull", "denied", ["it"])),
        ("The union called for an end to the trial.", ("The union", "called for", ["an end to the trial"])),
        ("Orr has repeatedly refused to pay.", ("Orr", "refused", ["to pay"])),
        ("Orr criticized the plan, which is late.", ("Orr", "criticized", ["the plan"])),
        ("A new poll shows that few agree.", ("A new poll", "shows", ["few agree"])),
        ("When Orr praised the plan, the board laughed.", ("Orr", "praised", ["the plan"])),
        ("It is alleged that the fund lost millions.", (None, "is alleged", ["It", "that the fund lost millions"])),
        ("The king is said to be ill.", (None, "is said", ["The king", "to be ill"])),
        ("The king is reportedly ill.", (None, "reportedly", ["The king is", "ill"])),
        ("I think that the plan is bad.", None),
        ("The bridge was closed for repairs.", None),
        ("In the battleground states the claims of both parties differ.", None),
        ("The plan was denounced by Orr.", None),
    ],
)
def test_source_cue_and_content_are_found_in_a_sentence(
    text: str, expected: tuple[str | None, str, list[str]] | None
) -> None:
    assert parts(text) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("“We stay. Until the end,” Orr said.", [["We stay. Until the end"]]),
        ("“We stay,” Orr said. “Until the end.”", [["We stay", "Until the end"]]),
        ("“We stay?” Orr said. The pier moved.", [["We stay"]]),
        ("“We stay,” Orr said. “Go on,” Berg said. “No.”", [["We stay"], ["Go on", "No"]]),
        ("Orr said:\n\n“We stay.” “Until the end.”\n\nThe pier moved.", [["We stay", "Until the end"]]),
        ("“We stay.\n\n“Until the end,” Orr said.", [["Until the end"]]),
        ("Orr said he was ill, adding that he was in bed.", [["he was ill"], ["he was in bed"]]),
        ("Orr said it was late and Berg said it was early.", [["it was late"], ["it was early"]]),
        ("“We stay.” — Ann Lee", [["We stay"]]),
        (
            "Nora Pike met us.\n\nPike: The pier is rotten. It is a disgrace.",
            [["The pier is rotten", "It is a disgrace"]],
        ),
    ],
)
def test_what_is_said_runs_on_over_sentences_and_ends_with_its_source(text: str, content: list[list[str]]) -> None:
    assert [part for _, _, part in parts(text)] == content


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("Maria Lopez", "named_person"),
        ("Ohio Party Chairman David Pepper", "named_person"),
        ("NBC host Chris Matthews", "named_person"),
        ("Aldgrave", "named_person"),
        ("The World Health Organization", "named_organisation"),
        ("Northwind Airlines", "named_organisation"),
        ("the IMF", "named_organisation"),
        ("The White House", "named_organisation"),
        ("Mexico", "named_organisation"),
        ("The Committee for a Free Press", "named_organisation"),
        ("the Prospect union", "named_organisation"),
        ("Police", "described"),
        ("The drivers' union", "described"),
        ("A spokesman for the firm", "described"),
        ("Democrats", "described"),
        ("People familiar with the matter", "anonymous"),
        ("A source", "anonymous"),
        ("Critics", "vague_collective"),
        ("Many experts", "vague_collective"),
        ("Experts at Lund University", "described"),
        ("The New York Times", "other_media"),
        ("Reuters", "other_media"),
        ("Local media", "other_media"),
    ],
)
def test_a_source_has_its_class(source: str, kind: str) -> None:
    (one,) = found(f"It was late, according to {source}.")

    assert (one["source"], one["source_class"]["value"]) == (source, kind)


def test_a_name_that_is_called_it_is_an_organisation() -> None:
    (one,) = found("Aldgrave said that it would close its plant.")

    assert one["source_class"]["value"] == "named_organisation"


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("“We stay,” said Tom Becker, the harbour's manager.", "the harbour's manager"),
        ("Finance Minister Jonas Weber said it was late.", "Finance Minister"),
        ("Mr. Weber said it was late.", ""),
        ("Weber is the minister. He said it was late.", ""),
    ],
)
def test_a_role_stands_in_the_same_sentence(text: str, role: str) -> None:
    assert [one["role"] for one in found(text)] == [role]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Orr said: “We stay.”", "direct"), ("Orr said it was “late”.", "mixed"), ("Orr said it was late.", "indirect")],
)
def test_quoted_words_are_told_apart(text: str, kind: str) -> None:
    assert [one["quote"] for one in found(text)] == [kind]


def test_anonymity_holds_for_the_like_in_the_paragraph_and_keeps_its_reason() -> None:
    (one,) = found("It is dead, two officials said. The officials asked not to be named because the talks are secret.")

    assert (one["source_class"]["value"], one["anonymity_reason"]) == ("anonymous", "because the talks are secret")
    assert one["evidence"] == [1, 2]


def test_somebody_elses_anonymity_is_not_shared() -> None:
    one, _ = found("Two officials said it is dead. An aide, who asked not to be named, said it was alive.")

    assert (one["source_class"]["value"], one["anonymity_reason"]) == ("described", "")


def test_another_language_is_refused() -> None:
    with pytest.raises(LanguageUnknown, match="sources in English only"):
        read_sources(Reading(Article.from_file(SEEDS / "spanish-transit.txt")))


TOKENS = [*re.split(r",", "he,it,that,.,“,”,who,officials,of,by,reportedly,is,to,:,Ann,Lee,told,said"), ",", "''", "("]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(TOKENS), max_size=16).map(" ".join) | st.text(max_size=60), min_size=1, max_size=6
    )
)
def test_every_part_is_a_span_of_the_article(sentences: list[str]) -> None:
    text = "\n\n".join(sentences)
    if not text.strip():
        return
    article = Article(text=text, language="en")
    for one in read_sources(Reading(article)):
        spans = [*one["content"], *one["words"]]
        assert all(article.text[span.start : span.end] == span.text for span in spans)
        assert {span.sentence for span in spans} <= set(one["evidence"])
        assert (one["source"] is None) == (one["source_class"]["value"] == "unattributed")


@pytest.mark.parametrize("unit", ["“a” ", "he said and ", "Ann Lee said that Bo "])
def test_time_is_linear_in_the_length(unit: str) -> None:
    def seconds(copies: int) -> float:
        article = Article(text=(unit * 20 + ". ") * copies, language="en")
        assert article.sentences
        start = time.process_time()
        read_sources(Reading(article))
        return time.process_time() - start

    seconds(5)
    assert seconds(80) < 10 * seconds(20) + 0.05
