import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens.page.bylines import Credit, read
from newslens.page.layout import Block, Layout, layout

TITLE = "Mexico Declines Offer of Military Aid"
PROSE = (
    "President Claudia Sheinbaum said on Sunday that she had declined an offer of military help against the cartels."
)
MORE = "Her government has its own strategy, she told reporters, and would go on sharing intelligence with Washington."

NOT_THE_STORY = [
    "YOU MAY ALSO LIKE TO WATCH THIS TRENDING STORY ON YOUTUBE.  Waverly Hills: The Most Haunted Room 502",
    "You may also like",
    "You might also like: Five things to know about tariffs",
    "Read more: What neighboring districts learned from the change",
    "READ MORE: Port family’s fury at ‘insulting’ letter",
    "Also read: Five charts that explain the strike",
    "Related Stories",
    "Recommended: Why ports are the next test for automation",
    "Most read",
    "Trending now",
    "Don’t miss",
    "Sign up for our newsletter",
    "Sign up for The Week in Defense, a newsletter for subscribers.",
    "Sign up for Morning Freight, our daily briefing on trade, in your inbox at 6am",
    "Subscribe now",
    "Subscribe to our channel for more videos",
    "Follow us on Facebook",
    "Get the latest in our free newsletter every morning.",
    "Already a subscriber? Log in",
    "Download the News App for alerts",
    "Advertisement",
    "ADVERTISEMENT",
    "Story continues below advertisement",
    "Scroll to continue with content",
    "Sponsored Content",
    "Leave a Reply",
    "Leave a comment",
    "Your email address will not be published. Required fields are marked *",
    "Required fields are marked *",
    "Name *",
    "Email *",
    "Save my name, email, and website in this browser for the next time I comment.",
    "Post Comment",
    "Comments (43)",
    "12 comments",
    "Comments are closed.",
    "Join the conversation: log in to leave a comment",
    "Share on Facebook",
    "Share this:",
    "Tweet",
    "Share Tweet Email Print",
    "Share · Save for later · Print · Listen (41 min)",
    "Click to share on Twitter (Opens in new window)",
    "Facebook Twitter WhatsApp Email",
    "Tags: Mexico, cartels, Trump",
    "Filed under: Politics, World",
    "Topics: Water, Sallow River, Agriculture",
    "#Mexico #Trump #cartels",
    "© 2025 The Daily Planet. All rights reserved.",
    "Copyright 2025 Associated Press. All rights reserved.",
    "Copyright The Commercial Ledger Limited 2025. All rights reserved.",
    "This article was originally published on The Conversation.",
    "We use cookies to improve your experience. By continuing you accept our policy.",
    "Accept all cookies",
    "Privacy Policy",
    "Photo: AP",
    "(Photo by John Roe/Getty Images)",
    "Donna Tallis, left, at the north gate of the docks on Tuesday. Photo: Jo Sefton",
    "Soldiers on patrol in Culiacan on Sunday. (AP Photo/Jane Doe)",
    "(Reporting by Ruth Callender in Thornmouth; editing by Owen Marsh)",
    "John Roe contributed to this report.",
    "Skip to content",
    "Back to top",
    "5 min read",
    "* * *",
    "Publicidad",
    "También te puede interesar: Los autobuses congelan sus precios",
    "Lee también",
    "Lo más leído",
    "Suscríbete a nuestro boletín",
    "Síguenos en Facebook",
    "Compartir en Facebook · Compartir en WhatsApp · Copiar enlace",
    "Deja una respuesta",
    "Tu dirección de correo electrónico no será publicada. Los campos obligatorios están marcados con *",
    "Temas: Transporte público, Tranvía, Tarifas",
    "Etiquetas: México, Estados Unidos",
    "Todos los derechos reservados.",
    "Este sitio utiliza cookies para mejorar su experiencia.",
    "Foto: EFE",
    "Contenido patrocinado",
]

THE_STORY = [
    "Subscribe to Netflix rose 3 percent in the first hour of trading.",
    "Subscribers to our own paper will know the argument.",
    "Sign up for alerts and you get one text a day, officials said.",
    "Sign up for our newsletter, the e-mail told its victims, and you may win a car.",
    "You may also like the idea of free trade, but economists warn that it has costs.",
    "Read more books, the minister told pupils in Puebla.",
    f"SEE ALSO: Mayor Sounds a Pessimistic Note {MORE} {MORE}",
    "Related offenses rose by a fifth last year.",
    "Most read the letter as a threat.",
    "Recommended doses were exceeded in four of ten cases.",
    "Trending down since March, prices fell again in May.",
    "Don’t miss the point: the offer was never serious.",
    "Advertisement revenue fell by a third, the company said.",
    "Advertisements for the drug were banned in 2019.",
    "Leave a reply unanswered for long enough and it becomes one.",
    "“Leave a comment if you must,” she wrote on Monday.",
    "Comments by the president drew criticism.",
    "Comments on the draft are due on Friday.",
    "Your email address will not be published, the court told the witness, and no clerk will see it.",
    "Name a price, he said.",
    "Share prices fell by 4 percent.",
    "Share this burden, she asked of the richer states.",
    "Tweets by the minister were deleted overnight.",
    "Print newspapers lost readers again.",
    "Email records show that the ministry knew in March.",
    "Facebook and Twitter blocked the account.",
    "Tags on the bags showed where they came from.",
    "Topics of the talks were water, trade and migration.",
    "Copyright law has not kept up with the machines.",
    "Copyright holders sued in 2019 and lost.",
    "All rights reserved for citizens were extended to residents.",
    "We use cookies as bait, the baker said.",
    "Privacy policy is made in Brussels.",
    "Photo evidence placed him at the scene.",
    "Photographs: the police have forty of them, none of use in court.",
    "The agency has a photo: it shows nothing.",
    "Getty Images sued the company in London.",
    "Reporting by the Globe showed that the church had known.",
    "Editing by hand takes a week, the archive said.",
    "She contributed to this report being withdrawn, critics said.",
    "Menu prices rose by 8 percent.",
    "Search teams found the aircraft on Monday.",
    "Home prices fell for a third month.",
    "World leaders met in Lima.",
    "Opinion was divided in the north.",
    "By Monday the water had reached the bridge.",
    "By May 4, 2025, all had left.",
    "Published figures show a fall of 3 percent.",
    "Updated figures will follow in June.",
    "WASHINGTON (AP) — The president declined to answer.",
    "MEXICO CITY, May 4 (Reuters) - Mexico said no.",
    "Follow us, the soldiers shouted, and the crowd did.",
    "Get the latest figures wrong and the model fails.",
    "Click here, the screen said, and the money was gone.",
    "Accept all terms, the lawyers advised.",
    "File this under wishful thinking, he said.",
    "File sharing was legal until 2012.",
    "• The minister said that the offer stood.",
    "“No,” she said.",
    "No.",
    "Publicidad engañosa, dijo el juez.",
    "Suscribirse cuesta 10 euros al mes.",
    "Comparte piso con tres estudiantes.",
    "Temas como el agua dividen al gabinete.",
    "Lo más leído del informe fue su último capítulo.",
    "Deja una respuesta pendiente: quién paga.",
    "Los campos obligatorios están secos desde mayo.",
    "Fotos del lugar muestran tres coches quemados.",
    "Todos los derechos reservados a los ciudadanos se amplían.",
]


def kinds(text: str, *, title: str | None = None) -> list[tuple[str, str]]:
    return [(block.kind, text[block.start : block.end]) for block in layout(text, title=title).blocks]


@pytest.mark.parametrize("line", NOT_THE_STORY)
@pytest.mark.parametrize("place", ["middle", "end"])
def test_pasted_line_is_left_out_with_a_reason(line: str, place: str) -> None:
    text = "\n\n".join([TITLE, PROSE, line, MORE] if place == "middle" else [TITLE, PROSE, MORE, line])
    left_out = [block for block in layout(text).blocks if block.kind == "boilerplate"]
    assert [text[block.start : block.end] for block in left_out] == [line]
    assert left_out[0].reason


@pytest.mark.parametrize("line", THE_STORY)
@pytest.mark.parametrize("place", ["first", "middle", "end"])
def test_prose_stays_in_the_story(line: str, place: str) -> None:
    paragraphs = {"first": [line, PROSE, MORE], "middle": [PROSE, line, MORE], "end": [PROSE, MORE, line]}[place]
    text = "\n\n".join([TITLE, *paragraphs])
    assert kinds(text) == [("title", TITLE), *(("paragraph", paragraph) for paragraph in paragraphs)]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("The Context of Military Assistance", "heading"),
        ("Conclusion", "heading"),
        ("What we know so far", "heading"),
        ("What Happens Next?", "heading"),
        ("‘Thirteen days’ notice’", "heading"),
        ("1. The Wall and the River", "paragraph"),  # may be an item of a list
        ("Implications for U.S.-Mexico Relations", "heading"),
        ("Mexico Asks the U.S.", "heading"),
        ("She left the U.S.", "paragraph"),
        ("And why does it matter?", "paragraph"),  # may be the author asking
        ("The reasons, she said, are these:", "paragraph"),
        ("the president never spoke of it again and nobody asked her to do so", "paragraph"),
        (f"{TITLE} From Former President Donald Trump, and Promises a Strategy of Her Own Against Cartels", "heading"),
    ],
)
def test_headings_are_told_by_their_shape(line: str, kind: str) -> None:
    text = f"{TITLE}\n\n{PROSE}\n\n{line}\n\n{MORE}"
    assert kinds(text)[2] == (kind, line)


def test_a_heading_has_prose_below_it() -> None:
    text = f"{TITLE}\n\n{PROSE}\n\n{MORE}\n\nThe last words of a text"
    assert kinds(text)[-1] == ("paragraph", "The last words of a text")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"{TITLE}\n\n{PROSE}", TITLE),
        (f"{TITLE}\n{PROSE}", TITLE),
        (f"\r\n  {TITLE}\r\n\r\n{PROSE}", TITLE),
        (f"Opinion\n\n{TITLE}\n\n{PROSE}", TITLE),
        (f"Mexico says no to troops, and the U.S. asks\n\n{PROSE}", "Mexico says no to troops, and the U.S. asks"),
        (f"Will She Accept the Offer?\n\n{PROSE}", "Will She Accept the Offer?"),
        (f"The end came quickly.\n\n{PROSE}", None),
        (f"“No,” she said.\n\n{PROSE}", None),
        (PROSE, None),
        (f"{PROSE} {MORE}\n\n{MORE}", None),
        (TITLE, None),
        (f"• {TITLE}\n\n{PROSE}", None),
        (
            "الرئيسة ترفض العرض\n\nقالت الرئيسة يوم الأحد إنها رفضت عرضا بالمساعدة العسكرية ضد العصابات.",
            "الرئيسة ترفض العرض",
        ),
        ("墨西哥拒绝军事援助\n\n总统周日表示，她拒绝了打击贩毒集团的军事援助提议。", "墨西哥拒绝军事援助"),
    ],
)
def test_first_line_is_the_title_if_it_looks_like_one(text: str, title: str | None) -> None:
    assert layout(text).title == title


def test_known_title_is_found_where_it_stands() -> None:
    text = f"Breaking\n\nMexico’s Answer Is No.\n\n{PROSE}"
    assert kinds(text, title="Mexico's answer is no.")[1] == ("title", "Mexico’s Answer Is No.")


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("By | May 4, 2025", Credit("byline", None, date(2025, 5, 4))),
        ("By Jane Doe and John Roe, Reuters", Credit("byline", "Jane Doe and John Roe")),
        ("By Jane Doe, John Roe and Ann Lee", Credit("byline", "Jane Doe, John Roe and Ann Lee")),
        ("By Edmund Varley, Transport Correspondent", Credit("byline", "Edmund Varley")),
        (
            "By JANE DOE | Staff Writer | Updated 5:03 p.m. ET, May 4, 2025",
            Credit(
                "byline", "JANE DOE", datetime(2025, 5, 4, 17, 3, tzinfo=timezone(timedelta(hours=-4))), updated=True
            ),
        ),
        ("By Jane Doe in Mexico City", Credit("byline", "Jane Doe")),
        ("By María de la Cruz & Ludwig van Dyke", Credit("byline", "María de la Cruz & Ludwig van Dyke")),
        ("By Reuters", Credit("byline", "Reuters")),
        ("Por Ana Pérez", Credit("byline", "Ana Pérez")),
        ("Photographs by Martin Achterberg", Credit("byline")),
        ("Published 2025-05-04T10:00:00Z", Credit("byline", None, datetime(2025, 5, 4, 10, tzinfo=UTC))),
        ("Sunday, May 4, 2025 at 5:03 PM EDT", Credit("byline", None, datetime(2025, 5, 4, 21, 3, tzinfo=UTC))),
        ("4 May 2025, 10:15 GMT+5:30", Credit("byline", None, datetime(2025, 5, 4, 4, 45, tzinfo=UTC))),
        ("4 May 2025, 10:15", Credit("byline", None, date(2025, 5, 4))),  # no zone, no moment
        ("4 May 2025, 10:15 CST", Credit("byline", None, date(2025, 5, 4))),  # Chicago or Shanghai
        ("Sept. 18, 2025, 9:15 p.m.", Credit("byline", None, date(2025, 9, 18))),
        ("4 de mayo de 2025, a las 10:15", Credit("byline", None, date(2025, 5, 4))),
        ("Published May 3, 2025 | Updated May 4, 2025", Credit("byline", None, date(2025, 5, 3))),
        ("May 4, 2025 / 5:03 PM EDT / CBS News", Credit("byline", None, datetime(2025, 5, 4, 21, 3, tzinfo=UTC))),
        ("Updated 3 hours ago", Credit("byline")),
        ("2025年5月4日", Credit("byline", None, date(2025, 5, 4))),
        ("05/04/2025", Credit("byline")),  # May or April
        ("02/25/2025", Credit("byline", None, date(2025, 2, 25))),
        ("25/02/2025", Credit("byline", None, date(2025, 2, 25))),
        ("05/05/2025", Credit("byline", None, date(2025, 5, 5))),
        ("February 30, 2025", Credit("byline")),
        ("Valdemera, 14 de marzo de 2025", Credit("dateline", None, date(2025, 3, 14))),
        ("WASHINGTON (AP) —", Credit("dateline")),
        ("MEXICO CITY, May 4 (Reuters) -", Credit("dateline")),
        ("By the time he left, it was over", None),
        ("By 2030, half of them", None),
        ("Trump won on November 5, 2024", None),
        ("The Long Goodbye", None),
        ("", None),
        ("May 4, 2025 " * 100, None),
    ],
)
def test_credits_are_read_or_left_alone(line: str, credit: Credit | None) -> None:
    assert read(line) == credit


def test_the_first_date_of_publication_counts_and_not_the_update() -> None:
    text = f"{TITLE}\n\nUpdated: 6 May 2025\nPublished: 4 May 2025\n\n{PROSE}"
    assert layout(text).published == date(2025, 5, 4)


def test_dateline_that_opens_the_story_gives_the_date() -> None:
    text = f"{TITLE}\n\nLIMA, Peru, May 4, 2025 (Reuters) - {PROSE}"
    assert layout(text) == Layout(
        blocks=(Block(0, 37, "title"), Block(39, len(text), "paragraph")), title=TITLE, published=date(2025, 5, 4)
    )


def test_author_note_stands_behind_the_story_of_that_author() -> None:
    text = f"{TITLE}\n\nBy Jane Doe\n\n{PROSE}\n\nJane Doe is a staff writer."
    other = text.replace("Jane Doe is", "John Roe is")
    assert (kinds(text)[-1][0], kinds(other)[-1][0]) == ("boilerplate", "paragraph")


def test_a_page_pasted_whole() -> None:
    lines = [
        ("boilerplate", "Skip to content"),
        ("boilerplate", "World News"),
        ("title", "Mexico’s president says she declined the offer"),
        ("byline", "4 May 2025"),
        ("boilerplate", "Save"),
        ("byline", "Vanessa Ortiz"),
        ("byline", "BBC News"),
        ("heading", "Soldiers near the border"),
        ("paragraph", PROSE),
        ("boilerplate", "RELATED COVERAGE"),
        ("boilerplate", "Five Charts on the Cartels"),
        ("heading", "What did Washington say?"),
        ("paragraph", MORE),
        ("boilerplate", "___"),
        ("boilerplate", "Related topics"),
        ("boilerplate", "Mexico"),
        ("boilerplate", "twitter"),
    ]
    text = "\n".join(line for _, line in lines)
    found = layout(text)
    assert [(block.kind, text[block.start : block.end]) for block in found.blocks] == lines
    assert (found.title, found.byline, found.published) == (lines[2][1], "Vanessa Ortiz", date(2025, 5, 4))


def test_links_below_a_promotion_go_with_it_and_a_heading_does_not() -> None:
    links = ["Related Stories", "Five Charts on the Cartels", "A Short History of Aid"]
    text = "\n\n".join([PROSE, *links, "The Context", MORE, *links])
    left_out = [line for kind, line in kinds(text) if kind == "boilerplate"]
    assert left_out == links * 2
    assert ("heading", "The Context") in kinds(text)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_hard_wrapped_lines_are_one_paragraph(line_end: str) -> None:
    lines = [
        "Dockworkers at the country's fourth-largest container port stopped work",
        "for a second day on Tuesday in a dispute over pay and over how many",
        "people are assigned to secure cargo, leaving 11 ships at anchor outside",
        "the harbour.",
    ]
    text = line_end.join([*lines, "", *lines])
    assert kinds(text) == [("paragraph", line_end.join(lines))] * 2


@pytest.mark.parametrize("start", ["17. The union", "- a record -", "— a record —"])
def test_a_number_or_dash_at_the_start_of_a_wrapped_line_goes_on(start: str) -> None:
    lines = [
        "The stoppage at the port is due to last for eight days, until June",
        f"{start} was asked to come to the talks on Monday morning and",
        "stayed away.",
    ]
    assert len(kinds("\n".join(lines))) == 1


def test_items_of_a_numbered_list_stay_apart() -> None:
    lines = [
        "1. The union wants a pay rise of six percent and three more",
        "2. The port wants gangs of three, not of five people.",
    ]
    assert [line for _, line in kinds("\n".join(lines))] == lines


def test_lines_that_are_paragraphs_stay_apart() -> None:
    text = f"{PROSE}\n{MORE}\nShe left.\nNobody asked her why she had.\n"
    assert kinds(text) == [("paragraph", line) for line in text.splitlines()]


def test_list_items_and_short_lines_are_not_wrapped_prose() -> None:
    items = [
        "• the offer of troops and of drones that Washington made",
        "• the answer that Mexico gave on Sunday night",
    ]
    text = "\n".join(items)
    assert [line for _, line in kinds(text)] == items


@given(st.lists(st.sampled_from([TITLE, PROSE, MORE, "Leave a Reply", "By Jane Doe", "a, b, c", "", "x\ny", "\x00"])))
def test_blocks_hold_all_text_in_order_and_their_own_title_changes_nothing(parts: list[str]) -> None:
    text = "\n".join(parts)
    found = layout(text)
    rest = list(text)
    for block in found.blocks:
        assert text[block.start : block.end].strip()
        rest[block.start : block.end] = " " * (block.end - block.start)
    assert not "".join(rest).strip()
    assert list(found.blocks) == sorted(found.blocks, key=lambda block: block.start)
    assert layout(text, title=found.title).blocks == found.blocks


@given(st.text(alphabet=st.characters(exclude_categories=()) | st.sampled_from("aB. \n\r|:*")))
def test_any_text_has_a_layout(text: str) -> None:
    found = layout(text)
    assert all(0 <= block.start < block.end <= len(text) for block in found.blocks)
    assert all((block.reason is not None) == (block.kind == "boilerplate") for block in found.blocks)


@pytest.mark.parametrize(
    "line",
    [
        "share " * 66 + "x",
        "tags: " + "a, " * 130,
        "a" * 399 + "!",
        "photo: " * 57,
        "((((" * 100,
        "by " * 60,
        "1:1" * 60,
    ],
)
def test_no_line_costs_more_than_its_length(line: str) -> None:
    started = time.process_time()
    layout("\n".join(f"{line}{n % 10}{n}" for n in range(2_000)))
    assert time.process_time() - started < 10
