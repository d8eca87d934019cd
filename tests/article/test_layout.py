from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens.article.article import Article
from newslens.article.bylines import Credit, read
from newslens.article.layout import Block, Layout, layout

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
    "Comparte esta noticia",
    "Compartir este artículo",
    "Partager cet article",
    "Artikel teilen",
    "分享到微博",
    "分享到微信",
    "شارك الخبر",
    "Image source, Getty Images",
    "Image source, Reuters / Jo Lee",
    "Image caption, Soldiers on patrol in Culiacan on Sunday.",
    "Media caption, Watch: the moment the bridge was closed",
    "Get our app",
    "Get the free News app for alerts",
    "Email: newsdesk@example.org",
    "E-mail: jo.lee@example.org or call +44 20 7946 0000",
    "Contact: Jo Lee, jo.lee@example.org",
    "Phone: (555) 010-0100",
    "Correo: redaccion@example.org",
    "Sent from my iPhone",
    "Sent from my Galaxy S24",
    "Enviado desde mi iPhone",
    "Von meinem iPhone gesendet",
    "Get Outlook for iOS",
    "On Mon, Mar 4, 2024 at 10:30 AM Jo Lee <jo@example.org> wrote:",
    "Lesen Sie auch: Streit um die Brücke",
    "À lire aussi",
    "相关阅读",
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
    "Comparte esta noticia con su hermano, que vive en Lima.",
    "Compartir este artículo costó la cárcel a tres personas.",
    "Comparte el poder con su vicepresidente desde mayo.",
    "Partager cet article est un délit, a dit le juge.",
    "分享到微博的照片显示了这座桥。",
    "Image source code was leaked in May, the company said.",
    "Image captions were wrong in four of ten cases.",
    "Get our apples from the south, the minister urged shoppers.",
    "Get the app ready by May, the ministry told the company.",
    "Email: it was to be the end of the letter, and it was not.",
    "Contact: that was what the prisoners missed most of all.",
    "Phone records show that the two spoke on 14 occasions.",
    "Sent from my father's house in 1944, the letter reached us in May.",
    "Sent from the north, the troops arrived on Monday.",
    "On Monday, she wrote: it is over.",
    "Press release after press release promised a bridge.",
    "For immediate release of the hostages, the families marched.",
    "Related costs rose by a fifth.",
    "Home, sport and news are what readers want, the survey found.",
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


HEADLINE = "Mayor opposes the new bridge"
LABELS = [
    "FOR IMMEDIATE RELEASE",
    "Press Release",
    "EMBARGOED until 6 a.m. Tuesday",
    "Comunicado de prensa",
    "PRESSEMITTEILUNG",
    "The Guardian",
    "The New York Times",
    "BBC News",
    "City News",
    "El País",
    "Le Monde",
    "Reuters",
    "example.org",
    "Home | News | Sport",
    "Home > UK > Politics",
    "News / World / Europe",
    "Inicio » Política",
    "14:32",
    "10.30 Uhr",
]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_title_stands_below_its_label(label: str, gap: str) -> None:
    text = gap.join([label, HEADLINE, "By Jo Lee", PROSE])
    assert kinds(text) == [("boilerplate", label), ("title", HEADLINE), ("byline", "By Jo Lee"), ("paragraph", PROSE)]
    assert layout(text).byline == "Jo Lee"


@pytest.mark.parametrize(
    "title",
    [
        "The Guardian",  # of nothing else: a headline
        "The Long Goodbye",
        "Good News",
        "For Immediate Consumption: the New Bread",
        "Home rule, sport and the bridge",
        "Opinion | The mayor is wrong about the bridge",
        "Home | Where the heart was",
        "From: a love letter to the city",
        "10:30 train derails near the bridge",
        "2024: the year of the bridge",
        "Press releases are dying",
        "Subject to change",
        "Author dies at 90",
        "#Bridgegate returns",
    ],
)
def test_short_or_odd_first_line_without_another_below_is_the_title(title: str) -> None:
    assert kinds(f"{title}\n\n{PROSE}") == [("title", title), ("paragraph", PROSE)]


@pytest.mark.parametrize("subheading", ["What we know", "Residents of the old town split over the plan"])
@pytest.mark.parametrize("title", ["The Long Goodbye", "Good News", "Mayor Sets Record", "Town Meets the Press"])
def test_short_title_above_a_subheading_is_no_outlet(title: str, subheading: str) -> None:
    assert kinds(f"{title}\n\n{subheading}\n\n{PROSE}")[0] == ("title", title)


@pytest.mark.parametrize("clock", ["14:32  ", "14:32\t", "9.05 am - ", "14:32 | ", "14h32 – "])
def test_time_of_a_ticker_is_not_in_the_title(clock: str) -> None:
    text = f"{clock}Police say two people are hurt\n\n{PROSE}"
    assert kinds(text) == [("title", "Police say two people are hurt"), ("paragraph", PROSE)]


@pytest.mark.parametrize(
    ("header", "credit"),
    [
        (
            "From: City Desk <a@example.org>\nTo: b@example.org\nDate: Tue, 5 Mar 2024 10:30:00 +0000\nSubject: {}",
            (None, datetime(2024, 3, 5, 10, 30, tzinfo=UTC)),
        ),
        ("Subject: Fwd: Re: {}\nFrom: Jo Lee <jo@example.org>", (None, None)),
        ("Von: Stadtredaktion\nGesendet: Dienstag, 5. März 2024\nBetreff: AW: {}", (None, date(2024, 3, 5))),
        ("Title: {}\nAuthor: Jo Lee\nDate: March 5, 2024", ("Jo Lee", date(2024, 3, 5))),
        ("title: {}\nauthor: Jo Lee\ndate: 2024-03-05", ("Jo Lee", date(2024, 3, 5))),
        ("Headline: {}\nByline: Jo Lee\nPublished: 5 March 2024\nSource: Example", ("Jo Lee", date(2024, 3, 5))),
        ("Author: Jo Lee\n\nTitle: {}", ("Jo Lee", None)),
        ("标题：{}\n作者：王小明\n日期：2024-03-05", ("王小明", date(2024, 3, 5))),
        ("Título: {}", (None, None)),
    ],
)
def test_title_of_a_header_is_the_line_with_its_key(
    header: str, credit: tuple[str | None, date | datetime | None]
) -> None:
    text = f"{header.format(HEADLINE)}\n\n{PROSE}"
    found = layout(text)
    assert (found.title, found.byline, found.published) == (HEADLINE, *credit)
    assert [line for kind, line in kinds(text) if kind in {"title", "heading", "paragraph"}] == [HEADLINE, PROSE]


def test_title_that_is_given_wins_over_that_of_the_header() -> None:
    text = f"Subject: Draft\n\n{HEADLINE}\n\n{PROSE}"
    assert kinds(text, title=HEADLINE) == [("boilerplate", "Subject: Draft"), ("title", HEADLINE), ("paragraph", PROSE)]


@pytest.mark.parametrize(
    ("title", "line", "byline"),
    [
        (
            "Doctors warn of a new wave of measles in the north",
            "by Health Desk • 07/08/2024 • 4 comments",
            "Health Desk",
        ),
        ("Doctors warn of a new wave", "by Jo Lee | March 3, 2024", "Jo Lee"),
        ("Médicos advierten de una nueva ola en el norte", "por Ana Pérez | 3 de marzo de 2024", "Ana Pérez"),
        ("Les médecins craignent une nouvelle vague au nord", "par Jo Lee, le 4 mars 2024", "Jo Lee"),
        ("Ärzte warnen vor einer neuen Welle im Norden", "von Jo Lee, 4. März 2024", "Jo Lee"),
        ("الأطباء يحذرون من موجة جديدة في الشمال", "بقلم أحمد سالم | 12 مارس 2024", "أحمد سالم"),
        ("الأطباء يحذرون من موجة جديدة في الشمال", "بقلم: أحمد سالم", "أحمد سالم"),
        ("医生警告北方出现新一波疫情并呼吁人们尽快接种疫苗以保护儿童和老人", "新华社记者 王小明 2024-03-12", "王小明"),
        ("医生警告北方出现新一波疫情并呼吁人们尽快接种疫苗以保护儿童和老人", "2024-03-12 10:30 来源:新华社", None),
    ],
)
def test_line_of_credits_is_not_glued_to_the_headline(title: str, line: str, byline: str | None) -> None:
    found = layout(f"{title}\n{line}\n\n{PROSE}")
    assert (found.title, found.byline) == (title, byline)
    assert [block.kind for block in found.blocks] == ["title", "byline", "paragraph"]


def test_line_with_a_date_between_bars_is_not_glued_though_nobody_knows_it() -> None:
    assert layout(f"Doctors warn of a new wave of measles\nhealth, at 07/08/2024 • 4 likes\n\n{PROSE}").title == (
        "Doctors warn of a new wave of measles"
    )


@pytest.mark.parametrize(
    "second", ["by the mayor on Monday.", "on May 4, 2025, when the bridge was closed.", "by Mayor Jo Lee and others."]
)
def test_wrapped_prose_goes_on_over_by_and_dates(second: str) -> None:
    text = f"The plan for the new bridge over the river was refused\n{second}"
    assert kinds(text) == [("paragraph", text)]


@pytest.mark.parametrize("foot", ["Comparte esta noticia", "Share this article", "分享到微博", "Sent from my iPhone"])
def test_line_directly_below_a_wrapped_paragraph_is_no_part_of_it(foot: str) -> None:
    prose = "The plan for the new bridge over the river was refused by the\nmayor and by all of her council on Monday."
    assert kinds(f"{HEADLINE}\n\n{prose}\n{foot}") == [
        ("title", HEADLINE),
        ("paragraph", prose),
        ("boilerplate", foot),
    ]


def test_markdown_is_read_without_its_marks() -> None:
    text = (
        f"# {HEADLINE}\n\n**By Jo Lee**\n\n*March 5, 2024*\n\n{PROSE}\n\n## What’s next\n\n"
        f"> {MORE}\n\n- Item one is here.\n"
        "- Item two\n\n### Related\n\n- [Five charts on bridges](https://example.org/a)\n"
        "- A short history of the river\n"
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
        ("boilerplate", "- [Five charts on bridges](https://example.org/a)"),
        ("boilerplate", "- A short history of the river"),
    ]
    assert (layout(text).byline, layout(text).published) == ("Jo Lee", date(2024, 3, 5))


@pytest.mark.parametrize(
    "lead", ["### Related", "## Read more", "**More stories**", "Related articles:", "Lee también"]
)
def test_lists_below_related_are_left_out_and_other_lists_are_not(lead: str) -> None:
    items = ["- [Five charts](https://example.org/a)", "- A short history of the river"]
    facts = ["- The bridge is 40 metres long.", "- It cost nine million."]
    text = "\n".join([HEADLINE, "", PROSE, "", lead, *items, "", MORE, *items, "## Facts", *facts])
    left_out = [line for kind, line in kinds(text) if kind == "boilerplate"]
    assert left_out == [lead.strip("#* "), *items]


@pytest.mark.parametrize(
    "line",
    ["#Bridgegate was the word of the day.", "*Really*, she said.", "2 > 1, he said.", "> 5 of ten came, she said."],
)
def test_what_only_looks_like_a_mark_stays_in_the_story(line: str) -> None:
    assert ("paragraph", line) in kinds(f"{HEADLINE}\n\n{PROSE}\n\n{line}\n\n{MORE}")


def test_quoted_mail_is_read_without_its_marks() -> None:
    lines = [
        "> The plan for the new bridge over the river was refused by the",
        "> mayor and by all of her council on Monday.",
        ">",
        "> > She left.",
        "He did not.",
    ]
    text = "\n".join(lines)
    assert kinds(text) == [
        ("paragraph", "\n".join(lines[:2])[2:]),
        ("paragraph", "She left."),
        ("paragraph", "He did not."),
    ]


@pytest.mark.parametrize(
    "line", ["Jo Lee, political editor", "Jo Lee, Staff Writer", "Ana Pérez, redactora", "Author: Jo Lee"]
)
def test_name_with_a_job_below_a_headline_is_the_byline(line: str) -> None:
    text = f"{HEADLINE}\n\n{line}\n\n{PROSE}"
    assert kinds(text)[1] == ("byline", line)
    assert layout(text).byline in {"Jo Lee", "Ana Pérez"}


@pytest.mark.parametrize(
    "line", ["Jo Lee, fired editor, speaks", "Jo Lee, one year on", "Bridge, editor", "Old bridge, new editor"]
)
def test_other_lines_with_a_comma_below_a_headline_are_not(line: str) -> None:
    text = f"{HEADLINE}\n\n{line}\n\n{PROSE}"
    assert (kinds(text)[1], layout(text).byline) == (("heading", line), None)


def test_questions_and_answers_are_the_story() -> None:
    lines = ["Q: Is it safe?", "A: Absolutely.", "Q: Who Says So?", "A: The mayor."]
    text = "\n".join([HEADLINE, "", PROSE, *lines, MORE])
    assert [line for kind, line in kinds(text) if kind == "paragraph"] == [PROSE, *lines, MORE]


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
        ("Jo Lee | March 3, 2024", Credit("byline", "Jo Lee", date(2024, 3, 3))),
        ("Jo Lee • Staff Writer • March 3, 2024", Credit("byline", "Jo Lee", date(2024, 3, 3))),
        ("Mexico City | March 3, 2024", Credit("dateline", None, date(2024, 3, 3))),
        ("New York • March 3, 2024", Credit("dateline", None, date(2024, 3, 3))),
        ("Author: Jo Lee", Credit("byline", "Jo Lee")),
        ("By Jo Lee @jolee", Credit("byline", "Jo Lee")),
        ("By Jo Lee (@jolee) • 3h ago • 12 comments", Credit("byline", "Jo Lee")),
        ("By Jo Lee, jo.lee@example.org", Credit("byline", "Jo Lee")),
        ("2024/03/05", Credit("byline", None, date(2024, 3, 5))),
        ("2024.03.05", Credit("byline", None, date(2024, 3, 5))),
        ("05.03.2024", Credit("byline")),  # most likely 5 March, and not told
        ("25.03.2024", Credit("byline", None, date(2024, 3, 25))),
        ("2024-03-12 10:30 来源:新华社", Credit("byline", None, date(2024, 3, 12))),
        ("2024-03-12 10:30 来源：新华社", Credit("byline", None, date(2024, 3, 12))),
        ("记者 王小明", Credit("byline", "王小明")),
        ("2024年3月12日 10時30分", Credit("byline", None, date(2024, 3, 12))),
        ("2024年3月12日10時30分配信", Credit("byline", None, date(2024, 3, 12))),
        ("Von Jo Lee, 4. März 2024", Credit("byline", "Jo Lee", date(2024, 3, 4))),
        ("Von Jo Lee | 4. März 2024, 10.30 Uhr", Credit("byline", "Jo Lee", date(2024, 3, 4))),
        ("Par Jo Lee | Publié le 4 mars 2024", Credit("byline", "Jo Lee", date(2024, 3, 4))),
        ("Publié le 1er août 2024 à 10h30", Credit("byline", None, date(2024, 8, 1))),
        ("Di Maria Rossi, 4 marzo 2024", Credit("byline", "Maria Rossi", date(2024, 3, 4))),
        ("بقلم أحمد سالم | 12 مارس 2024", Credit("byline", "أحمد سالم", date(2024, 3, 12))),
        ("ſept 3, 2024", Credit("byline", None, date(2024, 9, 3))),  # the long s is an s
        ("Von Montag an ist alles anders", None),
        ("Par amour de la mer", None),
        ("记者说这不好", None),
        ("文化部说不", None),
        ("Version 10.12.2024.5", None),
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


MARKED = [
    f"# {TITLE}",
    f"> {PROSE}",
    "**By Jane Doe**",
    f"Subject: Re: {TITLE}",
    "From: Jo",
    f"14:32  {TITLE}",
    "### Related",
    "- a",
]


@given(st.lists(st.sampled_from([*MARKED, TITLE, PROSE, "The Guardian", ""])))
def test_only_marks_and_keys_are_in_no_block(parts: list[str]) -> None:
    text = "\n".join(parts)
    found = layout(text)
    rest = list(text)
    for block in found.blocks:
        rest[block.start : block.end] = " " * (block.end - block.start)
    assert set("".join(rest).split()) <= {"#", "###", ">", "**", "Subject:", "Re:", "14:32"}
    assert layout(text, title=found.title).title == found.title


@given(st.text(alphabet=st.characters(exclude_categories=()) | st.sampled_from("aB. \n\r|:*>#_")))
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
        "phone: " + "1 " * 190 + "x",
        "home" + " | a" * 90 + ".",
        "email: " + "a@b " * 90 + "!",
        "Re: " * 90 + "x",
        "> " * 190 + "x",
        "**" + "* " * 190 + "x",
        "Jo Lee, " + "a " * 90,
    ],
)
def test_no_line_costs_more_than_its_length(line: str) -> None:
    layout("\n".join(f"{line}{n % 10}{n}" for n in range(2_000)))


@pytest.mark.parametrize(
    "note",
    [
        "Correction: An earlier version of this article misstated the number of patients. It is 212, not 221.",
        "This article has been updated with a comment from the company.",
        "An earlier version of this story gave a wrong date for the vote.",
    ],
)
def test_a_note_about_the_article_is_not_the_story(note: str) -> None:
    story = "Regulator delays pill\n\nThe regulator delayed a decision on Tuesday. It asked for more data.\n\n"
    article = Article.from_text(story + note)
    assert [line.reason for line in article.boilerplate] == ["correction note"]
    assert len(article.sentences) == 2
