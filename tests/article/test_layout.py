from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens.article.article import Article
from newslens.article.layout import Block, Layout, read_layout

TITLE = "Mexico Declines Offer of Military Aid"
HEADLINE = "Mayor opposes the new bridge"
PROSE = (
    "President Claudia Sheinbaum said on Sunday that she had declined an offer of military help against the cartels."
)
MORE = "Her government has its own strategy, she told reporters, and would go on sharing intelligence with Washington."


def kinds(text: str, *, title: str | None = None) -> list[tuple[str, str]]:
    return [(block.kind, text[block.start : block.end]) for block in read_layout(text, title=title).blocks]


HEADINGS: list[tuple[str, str]] = [
    ("The Context of Military Assistance", "heading"),
    ("What we know so far", "heading"),
    ("What Happens Next?", "heading"),
    ("1. The Wall and the River", "paragraph"),  # may be an item of a list
    ("Implications for U.S.-Mexico Relations", "heading"),
    ("She left the U.S.", "paragraph"),
    ("And why does it matter?", "paragraph"),  # may be the author asking
    ("The reasons, she said, are these:", "paragraph"),
    ("the president never spoke of it again and nobody asked her to do so", "paragraph"),
    (f"{TITLE} From Former President Donald Trump, and Promises a Strategy of Her Own Against Cartels", "heading"),
]


def test_headings_are_recognised_by_their_shape_above_prose() -> None:
    for line, kind in HEADINGS:
        text = f"{TITLE}\n\n{PROSE}\n\n{line}\n\n{MORE}"
        assert kinds(text)[2] == (kind, line)
        assert kinds(f"{TITLE}\n\n{PROSE}\n\n{MORE}\n\n{line}")[3][0] == "paragraph"


FIRST_LINES: list[tuple[str, str | None]] = [
    (f"{TITLE}\n{PROSE}", TITLE),
    (f"\r\n  {TITLE}\r\n\r\n{PROSE}", TITLE),
    (f"Opinion\n\n{TITLE}\n\n{PROSE}", TITLE),
    (f"Home > UK > Politics\n\n{TITLE}\n\n{PROSE}", TITLE),
    (f"BBC News\n{HEADLINE}\nBy Jo Lee\n{PROSE}", HEADLINE),
    (f"The Long Goodbye\n\n{PROSE}", "The Long Goodbye"),
    (f"2024: the year of the bridge\n\n{PROSE}", "2024: the year of the bridge"),
    (f"Subject to change\n\n{PROSE}", "Subject to change"),
    (f"Mexico says no to troops, and the U.S. asks\n\n{PROSE}", "Mexico says no to troops, and the U.S. asks"),
    (f"Will She Accept the Offer?\n\n{PROSE}", "Will She Accept the Offer?"),
    (f"The end came quickly.\n\n{PROSE}", None),
    (f"{PROSE} {MORE}\n\n{MORE}", None),
    (TITLE, None),
    (f"• {TITLE}\n\n{PROSE}", None),
    (
        "الرئيسة ترفض العرض\n\nقالت الرئيسة يوم الأحد إنها رفضت عرضا بالمساعدة العسكرية ضد العصابات.",
        "الرئيسة ترفض العرض",
    ),
    ("墨西哥拒绝军事援助\n\n总统周日表示，她拒绝了打击贩毒集团的军事援助提议。", "墨西哥拒绝军事援助"),
]


def test_the_first_line_is_the_title_if_it_looks_like_one() -> None:
    for text, title in FIRST_LINES:
        assert read_layout(text).title == title


def test_a_given_title_takes_precedence_and_is_found_where_it_stands() -> None:
    text = f"Breaking\n\nMexico’s Answer Is No.\n\n{PROSE}"
    assert kinds(text, title="Mexico's answer is no.")[1] == ("title", "Mexico’s Answer Is No.")


MENUS = [
    *("Home", "Sections", "News", "Sport", "Weather", "Video", "Podcasts", "Live", "Log in", "Search the site"),
    *("Most Read Stories", "Ten things to know about the new tariffs", "Baby hippo wins the hearts of Ohio"),
]


def test_a_page_pasted_whole_is_cropped_to_its_story() -> None:
    story = [f"{PROSE} {MORE}", "What she said", MORE, f"{MORE} {PROSE}", PROSE]
    lines = [
        *MENUS,
        TITLE,
        "By Jane Doe",
        "May 4, 2025",
        "Save",
        *story,
        "Share this",
        *MENUS,
        "Great article, I agree.",
    ]
    article = Article.from_text("\n".join(lines))
    assert (article.title, article.byline, article.published) == (TITLE, "Jane Doe", date(2025, 5, 4))
    assert [sentence.text for sentence in article.sentences] == [PROSE, MORE, MORE, MORE, PROSE, PROSE]
    assert [heading.text for heading in article.headings] == ["What she said"]
    assert len(article.boilerplate) == 2 * len(MENUS) + 3
    again = Article.model_validate_json(article.model_dump_json())
    assert again.layout.blocks == article.layout.blocks


def test_a_list_below_the_story_is_kept() -> None:
    dates = [f"June {day} – West Palm Beach, Coral Sky Amphitheatre" for day in range(1, 30)]
    text = "\n".join([TITLE, PROSE, MORE, PROSE, *dates])
    assert {kind for kind, _ in kinds(text)} == {"title", "paragraph"}


def test_markdown_is_read_without_its_marks() -> None:
    text = (
        f"# {HEADLINE}\n\n**By Jo Lee**\n\n*March 5, 2024*\n\n{PROSE}\n\n## What’s next\n\n> {MORE}\n\n"
        "- Item one is here.\n- Item two\n\n### Related\n"
    )
    assert kinds(text) == [
        ("title", HEADLINE),
        ("byline", "By Jo Lee"),
        ("byline", "March 5, 2024"),
        ("paragraph", PROSE),
        ("heading", "What’s next"),
        ("paragraph", MORE),
        ("paragraph", "- Item one is here."),
        ("paragraph", "- Item two"),
        ("boilerplate", "Related"),
    ]
    assert (read_layout(text).byline, read_layout(text).published) == ("Jo Lee", date(2024, 3, 5))


@pytest.mark.parametrize(
    "line", ["#Bridgegate was the word.", "*Really*, she said.", "2 > 1, he said.", "> 5 of ten came."]
)
def test_what_only_looks_like_a_mark_stays_in_the_story(line: str) -> None:
    assert ("paragraph", line) in kinds(f"{HEADLINE}\n\n{PROSE}\n\n{line}\n\n{MORE}")


def test_questions_and_answers_are_the_story() -> None:
    lines = ["Q: Is it safe?", "A: Absolutely.", "Q: Who Says So?", "A: The mayor."]
    text = "\n".join([HEADLINE, "", PROSE, *lines, MORE])
    assert [line for kind, line in kinds(text) if kind == "paragraph"] == [PROSE, *lines, MORE]


@pytest.mark.parametrize(
    ("lines", "byline"),
    [
        (["By Jane Doe", "Staff Writer"], "Jane Doe"),
        (["A standfirst that sums up the story.", "By Jane Doe and John Roe, Reuters"], "Jane Doe and John Roe"),
        (["Jane Doe, one year on"], None),
        (["Old bridge, new editor"], None),
    ],
)
def test_the_byline_stands_below_the_headline(lines: list[str], byline: str | None) -> None:
    assert read_layout("\n\n".join([HEADLINE, *lines, PROSE])).byline == byline


def test_the_first_date_of_publication_counts_and_not_the_update() -> None:
    text = f"{TITLE}\n\nUpdated: 6 May 2025\nPublished: 4 May 2025\n\n{PROSE}"
    assert read_layout(text).published == date(2025, 5, 4)


def test_a_dateline_that_opens_the_story_gives_the_date() -> None:
    text = f"{TITLE}\n\nLIMA, Peru, May 4, 2025 (Reuters) - {PROSE}"
    assert read_layout(text) == Layout(
        blocks=(Block(0, 37, "title"), Block(39, len(text), "paragraph")), title=TITLE, published=date(2025, 5, 4)
    )


def test_an_author_note_stands_below_the_story_of_that_author() -> None:
    text = f"{TITLE}\n\nBy Jane Doe\n\n{PROSE}\n\nJane Doe is a staff writer."
    other = text.replace("Jane Doe is", "John Roe is")
    assert (kinds(text)[-1][0], kinds(other)[-1][0]) == ("boilerplate", "paragraph")


WRAPPED = [
    "Dockworkers at the country's fourth-largest container port stopped work",
    "for a second day on Tuesday in a dispute over pay and over how many",
    "people are assigned to secure cargo, leaving 11 ships at anchor outside",
    "the harbour.",
]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("foot", [[], ["Share this article"]])
def test_hard_wrapped_lines_are_one_paragraph(line_end: str, foot: list[str]) -> None:
    text = line_end.join([HEADLINE, "By Jo Lee", "", *WRAPPED, "", *WRAPPED, *foot])
    paragraph = line_end.join(WRAPPED)
    expected = [("title", HEADLINE), ("byline", "By Jo Lee"), *[("paragraph", paragraph)] * 2]
    assert kinds(text) == [*expected, *(("boilerplate", line) for line in foot)]


@pytest.mark.parametrize("start", ["17. The union", "- a record -", "— a record —", "by the mayor"])
def test_a_number_dash_or_by_at_the_start_of_a_wrapped_line_goes_on(start: str) -> None:
    lines = [
        "The stoppage at the port is due to last for eight days, until June",
        f"{start} was asked to come to the talks on Monday morning and",
        "stayed away.",
    ]
    assert len(kinds("\n".join(lines))) == 1


@pytest.mark.parametrize(
    "lines",
    [
        [
            "1. The union wants a pay rise of six percent and three more",
            "2. The port wants gangs of three, not of five.",
        ],
        ["• the offer of troops and drones that Washington made", "• the answer that Mexico gave on Sunday night"],
        [PROSE, MORE, "She left.", "Nobody asked her why she had."],
    ],
)
def test_items_of_lists_and_short_paragraphs_are_not_wrapped_prose(lines: list[str]) -> None:
    assert [line for _, line in kinds("\n".join(lines))] == lines


PARTS = [
    *(TITLE, PROSE, MORE, "Leave a Reply", "By Jane Doe", "a, b, c", "", "x\ny", "\x00", f"# {TITLE}", f"> {PROSE}"),
    *("**By Jane Doe**", "### Related", "- a", "The Guardian", *MENUS[:4]),
]


@given(st.lists(st.sampled_from(PARTS)))
def test_only_marks_and_keys_are_in_no_block_and_a_layout_is_stable(parts: list[str]) -> None:
    text = "\n".join(parts)
    found = read_layout(text)
    rest = list(text)
    for block in found.blocks:
        assert text[block.start : block.end].strip()
        rest[block.start : block.end] = " " * (block.end - block.start)
    assert set("".join(rest).split()) <= {"#", "###", ">", "**"}
    assert list(found.blocks) == sorted(found.blocks, key=lambda block: block.start)
    assert read_layout(text, title=found.title).title == found.title


@given(st.text(alphabet=st.characters(exclude_categories=()) | st.sampled_from("aB. \n\r|:*>#_")))
def test_any_text_has_a_layout(text: str) -> None:
    found = read_layout(text)
    assert all(0 <= block.start < block.end <= len(text) for block in found.blocks)
    assert all((block.reason is not None) == (block.kind == "boilerplate") for block in found.blocks)
