"""Structure by a model and without: every answer points at its words, and every sentence has one role."""

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newslens.analyses.analysis import Reading
from newslens.analyses.findings import Grounding
from newslens.analyses.schema import strict
from newslens.analyses.structure import QUESTIONS, ROLES, STRUCTURE, SentenceRole, Share, Structure, merge
from newslens.article.article import Article
from newslens.errors import InvalidReply, LanguageUnknown
from newslens.lens import Lens
from newslens.offline.structure import read
from newslens.offline.structure_when import times
from newslens.offline.structure_where import dateline
from newslens.testing import Scripted

TEXT = "The mill burned down on Monday. “We ran,” said Ann Lee. It was built in 1850. The town should mourn."
WHO = {"question": "who", "text": "the  mill", "evidence": [1]}
ROLE_NUMBERS = {"speech": [2], "evaluation": [4], "background": [3]}


def by_model(*answers: dict[str, Any], roles: dict[str, list[int]] | None = None, text: str = TEXT) -> Structure:
    reply = {"structure": {"answers": list(answers), "roles": roles or ROLE_NUMBERS}}
    found = Lens(analyses=[STRUCTURE], ask=Scripted(*[reply] * 4)).analyze(Article(text=text)).get(STRUCTURE)
    assert found is not None
    return found


def by_rules(text: str) -> Structure:
    found = Lens(analyses=[STRUCTURE], offline=True).analyze(Article(text=text, language="en")).get(STRUCTURE)
    assert found is not None
    return found


def told(found: Structure) -> dict[str, str]:
    return {one.question: one.text for one in found.answers}


def test_an_answer_of_a_model_becomes_a_span_of_its_sentence() -> None:
    (found,) = by_model(WHO).answers

    assert [(span.text, span.start, span.sentence) for span in found.words] == [("The mill", 0, 1)]
    assert (found.grounded, found.missing, found.told()) == (True, (), "who: “the  mill”")


def test_words_that_do_not_stand_in_the_evidence_leave_the_answer_ungrounded() -> None:
    (found,) = by_model({**WHO, "evidence": [2]}).answers

    assert (found.words, found.grounded, found.missing) == ((), False, ("the  mill",))


def test_a_question_without_an_answer_is_missing_and_no_failure() -> None:
    found = by_model(WHO)

    assert found.missing == ("what", "when", "where", "why", "how")
    assert found.method == "stated"


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ({**WHO, "text": " "}, "leave out a question"),
        ({**WHO, "evidence": []}, "at least 1 item"),
        ({**WHO, "evidence": [9]}, "no sentence 9"),
        ({**WHO, "question": "whose"}, "Input should be"),
        ({**WHO, "words": []}, "was not asked for"),
    ],
)
def test_an_answer_that_points_nowhere_is_refused(answer: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidReply, match=complaint):
        by_model(answer)


def test_a_model_does_not_say_how_it_was_measured() -> None:
    reply = {"structure": {"answers": [], "roles": ROLE_NUMBERS, "method": "classical"}}

    with pytest.raises(InvalidReply, match="not asked for"):
        Lens(analyses=[STRUCTURE], ask=Scripted(*[reply] * 4)).analyze(Article(text=TEXT))


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (ROLE_NUMBERS, ["fact", "speech", "background", "evaluation"]),
        ({"speech": [], "evaluation": [], "background": []}, ["fact"] * 4),
        (
            {"speech": [3, 3], "evaluation": [2, 3], "background": [1, 2, 3]},
            ["background", "evaluation", "speech", "fact"],
        ),
        ({"speech": [0, 99, -1], "evaluation": [], "background": [5]}, ["fact"] * 4),
    ],
)
def test_every_sentence_has_one_role_whatever_numbers_a_model_gives(
    roles: dict[str, list[int]], expected: list[str]
) -> None:
    found = by_model(roles=roles)

    assert [one.sentence for one in found.roles] == [1, 2, 3, 4]
    assert [one.role for one in found.roles] == expected


def test_the_headline_has_no_role() -> None:
    article = Article.from_text(f"Old mill burns down\n\n{TEXT}", title="Old mill burns down")
    found = Lens(analyses=[STRUCTURE], offline=True).analyze(article).get(STRUCTURE)

    assert article.headline is not None
    assert found is not None
    assert [one.sentence for one in found.roles] == [1, 2, 3, 4]


def test_shares_are_of_sentences_and_of_words() -> None:
    assert by_model().shares == {
        "fact": Share(1 / 4, 6 / 20),
        "speech": Share(1 / 4, 5 / 20),
        "evaluation": Share(1 / 4, 4 / 20),
        "background": Share(1 / 4, 5 / 20),
    }


def test_ideographs_count_as_words() -> None:
    found = by_model(roles={"speech": [], "evaluation": [], "background": []}, text="市长说桥很安全。它会在五月开放。")

    assert sum(one.words for one in found.roles) == 14


def test_shares_of_nothing_are_nothing() -> None:
    assert Structure(answers=(), roles=()).shares == dict.fromkeys(ROLES, Share(0.0, 0.0))


def test_parts_become_one_by_the_earliest_answer_and_each_sentence_once() -> None:
    whole = by_model(WHO, {"question": "when", "text": "on Monday", "evidence": [1]})
    who, when = whole.answers
    first = whole.model_copy(update={"answers": (when,), "roles": whole.roles[:3]})
    second = whole.model_copy(
        update={
            "answers": (who, when.model_copy(update={"text": "Monday"})),
            "roles": (SentenceRole(sentence=3, role="fact", words=5), whole.roles[3]),
        }
    )

    assert merge([first, second]) == whole


def test_a_result_survives_json() -> None:
    found = by_model(WHO)

    assert Structure.model_validate_json(found.model_dump_json()) == found


def test_a_model_is_asked_for_three_lists_of_numbers() -> None:
    numbers = {"type": "array", "items": {"type": "integer"}}
    roles = strict(Structure)["properties"]["roles"]["properties"]

    assert {name: {key: part[key] for key in numbers} for name, part in roles.items()} == dict.fromkeys(
        ("speech", "evaluation", "background"), numbers
    )
    assert list(strict(Structure)["properties"]) == ["answers", "roles"]


# ---- by rules --------------------------------------------------------------------------------------------------------

LEADS: list[tuple[str, dict[str, str]]] = [
    (
        "LIMA, Peru, May 4 (Meridian) - Voters in Peru's capital elected Ana Rojas mayor, officials said.",
        {
            "who": "Voters in Peru's capital",
            "what": "elected Ana Rojas mayor",
            "when": "May 4",
            "where": "LIMA, Peru",
        },
    ),
    (
        "Lena Hart, the minister, resigned on Friday because of a leak.",
        {"who": "Lena Hart, the minister", "what": "resigned", "when": "on Friday", "why": "because of a leak"},
    ),
    (
        "On Sunday, a man accused of arson was jailed in York by using a new law.",
        {
            "who": "a man accused of arson",
            "what": "was jailed in York",
            "when": "On Sunday",
            "where": "in York",
            "how": "by using a new law",
        },
    ),
    (
        "The bank, which police said was robbed on Monday, has closed.",
        {"who": "The bank", "what": "has closed"},
    ),
    (
        "The board may sell as many as 12 ships, it said last week.",
        {"when": "last week", "what": "may sell as many as 12 ships"},
    ),
    ("The plan failed, but not because of the cost, the mayor said.", {"who": "The plan", "what": "failed"}),
    ("The council closed the pool to save money.", {"why": "to save money"}),
    ("The council announced plans to save money.", {"what": "announced plans to save money"}),
    ("Two men died when a wall fell on them in Leeds.", {"how": "when a wall fell on them in Leeds"}),
    ("Prices rose after the dam broke, the bank said.", {"why": "after the dam broke"}),
    ("Prices rose after Monday.", {"who": "Prices", "what": "rose"}),
    ("The minister urged firms to save water.", {"what": "urged firms to save water"}),
    ("The firm will pay to settle claims.", {"what": "will pay", "why": "to settle claims"}),
    ("Jobs grew in autumn, the office said on Tuesday.", {"when": "in autumn"}),
    ("Men believed to have fled were found.", {"who": "Men believed to have fled", "what": "were found"}),
    ("The ship didn't stop.", {"who": "The ship", "what": "didn't stop"}),
    ("There were no survivors.", {"what": "There were no survivors"}),
    ("“We stay,” Ann Lee said on Friday.", {"who": "Ann Lee", "what": "We stay", "when": "on Friday"}),
    ("It rained in a Leeds warehouse.", {"where": "in a Leeds warehouse"}),
    ("Hours after the storm began, trucks rolled in.", {"who": "trucks", "what": "rolled in"}),
    ("Drone attacks on ships have stopped.", {"who": "Drone attacks on ships"}),
    ("Two hundred displaced people have agreed to move.", {"what": "have agreed to move"}),
    ("Some 2,000 displaced villagers fled.", {"who": "Some 2,000 displaced villagers", "what": "fled"}),
    ("The union opposes the contract.", {"who": "The union", "what": "opposes the contract"}),
    ("Rents rose nearly as quickly as wages, the bank said.", {"what": "rose nearly as quickly as wages"}),
    ("Shares fell as much as 3% as traders fled.", {"what": "fell as much as 3%"}),
    ("The plan failed as the minister of trade left.", {"what": "failed"}),
    ("Lee resigned as party leader on Friday.", {"what": "resigned as party leader", "when": "on Friday"}),
    ("Jobs grew between 2011 and 2019, the bank said.", {"what": "grew", "when": "between 2011 and 2019"}),
    ("Jobs grew from May to July.", {"what": "grew", "when": "from May to July"}),
    ("(Exclusive) The army lost 40 rifles in May.", {"who": "The army", "what": "lost 40 rifles"}),
    ("EXCLUSIVE: The army lost 40 rifles in May.", {"who": "The army", "what": "lost 40 rifles"}),
    ("A bridge built in 1920 collapsed on Monday.", {"who": "A bridge built in 1920", "what": "collapsed"}),
    (
        "Men sent to the plant found the doors locked.",
        {"who": "Men sent to the plant", "what": "found the doors locked"},
    ),
    (
        "“We stay,” Ann Lee told reporters in Hull on Friday.",
        {"who": "Ann Lee", "what": "We stay", "when": "on Friday", "where": "in Hull"},
    ),
    ("Peace at last?", {}),
    ("Analysis.", {}),
]


@pytest.mark.parametrize(("text", "answers"), LEADS)
def test_rules_answer_from_the_lead(text: str, answers: dict[str, str]) -> None:
    found = told(by_rules(text))

    assert {question: found.get(question) for question in answers} == answers
    assert "why" in answers or "why" not in found
    assert "how" in answers or "how" not in found


def test_the_day_is_taken_from_a_sentence_about_the_event_only() -> None:
    lead = "The mayor revealed a plan for the port. "

    assert told(by_rules(lead + "The announcement was made on May 4, 2025."))["when"] == "on May 4, 2025"
    assert "when" not in told(by_rules(lead + "A rival spoke on May 4, 2025."))


def test_a_line_that_stands_above_the_story_is_no_lead() -> None:
    found = read(["Mayor has left after a row", "Ann Lee left on Monday."])

    assert [(one.question, one.sentence) for one in found.answers] == [("who", 1), ("what", 1), ("when", 1)]


def test_the_day_of_publishing_is_no_answer() -> None:
    article = Article(text="The mayor has left the party.", published=date(2025, 5, 4), language="en")
    found = Lens(analyses=[STRUCTURE], offline=True).analyze(article).get(STRUCTURE)

    assert found is not None
    assert found.missing == ("when", "where", "why", "how")


ROLES_BY_RULE: list[tuple[str, str]] = [
    ("speech", "A person who saw the trial said two of the aircraft came back early."),
    ("speech", "Critics have long argued that the ministry should have bought another one."),
    ("speech", "The new rosters, he said, were needed."),
    ("speech", "The paper was sent to the minister on Friday, two of the officials said."),
    ("speech", "The firm said on Tuesday it would lay off workers."),
    ("fact", "It agreed to pay to settle claims that it tracked users."),
    ("fact", "She said it without any heat at all."),
    ("fact", "She went on to consider what should follow."),
    ("fact", "She declined to say more."),
    ("fact", "The fire, which police said was set on purpose, destroyed four shops and a school."),
    ("fact", "The ministry must find 2.1 billion crowns by May."),
    ("evaluation", "Unity remains a crucial issue."),
    ("evaluation", "This move signals a new trust."),
    ("evaluation", "The trip raises serious questions."),
    ("evaluation", "The ministry must listen."),
    ("evaluation", "The board shouldn't give in."),
    ("background", "The two had met before."),
    ("background", "The mine has been shut since 2011."),
    ("background", "They fought over it in the 1980s."),
    ("fact", "They had to leave at once."),
    ("fact", "The firm has 300 staff."),
]


@pytest.mark.parametrize(("role", "sentence"), ROLES_BY_RULE)
def test_rules_tell_what_a_sentence_does(role: str, sentence: str) -> None:
    assert read([sentence]).roles == (role,)


def test_what_is_older_than_the_news_is_background() -> None:
    sentences = ["The dam broke on May 4, 2025.", "The county closed it on March 1, 2025.", "It was full in 2019."]

    assert read(sentences).roles == ("fact", "background", "background")
    assert read(sentences[:2], published=date(2025, 3, 2)).roles == ("fact", "fact")


def test_what_the_author_of_a_column_thinks_is_evaluation() -> None:
    column = ["I drove a bus here.", "I think that the plan is dead.", "I know the roads."]

    assert read(column).roles == ("fact", "evaluation", "fact")
    assert read(["She drove a bus here.", "I think that the plan is dead."]).roles == ("fact", "speech")


def test_questions_and_answers_are_speech_and_no_event() -> None:
    turns = ["Q: Why did you leave?", "A: The bank was sold in May.", "It was a disgrace.", "Q. And now?", "A. I bake."]

    assert read(turns) == ((), ("speech",) * 5)
    assert read(["The bank was sold in May.", *turns]).roles == ("fact", *("speech",) * 5)
    assert read(["A. Lee left.", "The bank was sold in May."]).roles == ("fact", "fact")


def test_a_text_in_another_language_is_refused() -> None:
    text = "El alcalde dijo que la subida del billete es justa y que no va a cambiar de idea en los próximos días."

    with pytest.raises(LanguageUnknown, match="structure in English only"):
        Lens(analyses=[STRUCTURE], offline=True).analyze(Article(text=text))


@pytest.mark.parametrize(
    ("sentence", "phrases"),
    [
        ("early on Monday night", [("early on Monday night", "day", None)]),
        ("on Tuesday, May 4, 2025, and 12 May", [("on Tuesday, May 4, 2025", "day", 2025), ("12 May", "day", None)]),
        ("last week or two years ago", [("last week", "longer", None), ("two years ago", "year", None)]),
        ("in 2019 and in the late 1980s", [("in 2019", "year", 2019), ("in the late 1980s", "decade", None)]),
        ("between 2011 and 2019", [("between 2011 and 2019", "year", 2019)]),
        ("from Monday to Friday and on 3 May", [("from Monday to Friday", "day", None), ("on 3 May", "day", None)]),
        ("on Monday and Friday", [("on Monday", "day", None), ("Friday", "day", None)]),
        ("Monday's vote, 2019-style, may be 2,019 or 1950 may", [("1950", "year", 1950)]),
    ],
)
def test_phrases_of_time(sentence: str, phrases: list[tuple[str, str, int | None]]) -> None:
    found = list(times(sentence))

    assert [(sentence[one.start : one.end], one.grain, one.year) for one in found] == phrases


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("LIMA, Peru, May 4, 2025 (Meridian) - A dam", "LIMA, Peru"),
        ("TOKYO — Two climbers", "TOKYO"),
        ("Mexico City (Meridian) — A dam", "Mexico City"),
        ("Mexico - the country - won", None),
        ("NATO: a history of war", None),
        ("SPORT – Leeds beat Hull", None),
        ("Rain fell.", None),
    ],
)
def test_datelines(sentence: str, place: str | None) -> None:
    found = dateline(sentence)

    assert (found and sentence[slice(*found.place)]) == place


TRAPS = """
The mayor of Hull said that on Monday 1999 , “ ” by cutting to save had been
because after who in Rome - ( ) . Analysis between and as should killed when
"""
WORDS = st.sampled_from(TRAPS.split())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=25).map(" ".join)), max_size=6))
def test_any_text_has_answers_inside_its_sentences_and_a_role_for_each(sentences: list[str]) -> None:
    found = read(sentences)

    assert len(found.roles) == len(sentences)
    assert len({one.question for one in found.answers}) == len(found.answers)
    for one in found.answers:
        assert 0 <= one.start < one.end <= len(sentences[one.sentence])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(TEXT.split(". ")), min_size=1, max_size=12))
def test_shares_sum_to_one(sentences: list[str]) -> None:
    article = Article(text=". ".join(sentences) + ".", language="en")
    data = STRUCTURE.offline and STRUCTURE.offline(Reading(article))
    grounding = Grounding({span.sentence: span for span in article.sentences}, article.text, method="classical")
    shares = Structure.model_validate(data, context=grounding).shares

    assert all(math.isclose(sum(column), 1, abs_tol=1e-9) for column in zip(*shares.values(), strict=True))


def test_answers_stand_in_the_order_of_the_questions() -> None:
    found = by_model({"question": "why", "text": "on Monday", "evidence": [1]}, WHO)

    assert [one.question for one in found.answers] == [word for word in QUESTIONS if word in {"who", "why"}]
