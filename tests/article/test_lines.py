from datetime import date

import pytest

from newslens.article.article import Article
from newslens.article.layout import read_layout
from newslens.article.lines import Credit, read_credit

TITLE = "Mexico Declines Offer of Military Aid"
PROSE = (
    "President Claudia Sheinbaum said on Sunday that she had declined an offer of military help against the cartels."
)
MORE = "Her government has its own strategy, she told reporters, and would go on sharing intelligence with Washington."

BOILERPLATE = {
    "promotion": [
        "YOU MAY ALSO LIKE TO WATCH THIS TRENDING STORY ON YOUTUBE.  Waverly Hills: The Most Haunted Room 502",
        "Read more: What neighboring districts learned from the change",
        "Related Stories",
        "Recommended: Why ports are the next test for automation",
        "Don’t miss",
        "También te puede interesar: Los autobuses congelan sus precios",
        "Lesen Sie auch: Streit um die Brücke",
        "À lire aussi",
        "相关阅读",
    ],
    "subscription": [
        "Sign up for The Week in Defense, a newsletter with all updates.",
        "Subscribe to our channel for more videos",
        "Follow us on Facebook",
        "Follow Jo Lee (@jolee) on Twitter",
        "Already a subscriber? Log in",
        "Get the free News app for alerts",
        "Suscríbete a nuestro boletín",
    ],
    "advertising": ["ADVERTISEMENT", "Story continues below advertisement", "Publicidad"],
    "comment form": [
        "Leave a Reply",
        "Your email address will not be published. Required fields are marked *",
        "Email *",
        "Comments (43)",
        "Join the conversation: log in to leave a comment",
        "Deja una respuesta",
    ],
    "share bar": [
        "Share this:",
        "Share · Save for later · Print · Listen (41 min)",
        "Click to share on Twitter (Opens in new window)",
        "Facebook Twitter WhatsApp Email",
        "Compartir en Facebook · Compartir en WhatsApp · Copiar enlace",
        "Artikel teilen",
    ],
    "tags": ["Tags: Mexico, cartels, Trump", "Temas: Transporte público, Tranvía, Tarifas", "#Mexico #Trump #cartels"],
    "copyright": [
        "© 2025 The Daily Planet. All rights reserved.",
        "Copyright The Commercial Ledger Limited 2025. All rights reserved.",
        "This article was originally published on The Conversation.",
    ],
    "cookie notice": [
        "We use cookies to improve your experience. By continuing you accept our policy.",
        "Privacy Policy",
    ],
    "photo credit": [
        "(Photo by John Roe/Getty Images)",
        "Donna Tallis, left, at the north gate of the docks on Tuesday. Photo: Jo Sefton",
        "Soldiers on patrol in Culiacan on Sunday. (AP Photo/Jane Doe)",
        "Image caption, Soldiers on patrol in Culiacan on Sunday.",
        "Foto: EFE",
        "Photographs by Martin Achterberg",
    ],
    "agency credit": [
        "(Reporting by Ruth Callender in Thornmouth; editing by Owen Marsh)",
        "John Roe contributed to this report.",
    ],
    "correction note": [
        "Correction: An earlier version of this article misstated the number of patients. It is 212, not 221.",
        "This article has been updated with a comment from the company.",
    ],
    "navigation": ["Skip to content", "5 min read"],
    "separator": ["* * *"],
    "contact": ["Contact: Jo Lee, jo.lee@example.org", "Phone: (555) 010-0100", "newsdesk@example.org"],
}


@pytest.mark.parametrize("reason", BOILERPLATE)
def test_boilerplate_is_left_out_with_a_reason(reason: str) -> None:
    for line in BOILERPLATE[reason]:
        for paragraphs in ([PROSE, line, MORE], [PROSE, MORE, line]):
            article = Article.from_text("\n\n".join([TITLE, *paragraphs]))
            assert [(piece.text, piece.reason) for piece in article.boilerplate] == [(line, reason)]
            assert len(article.sentences) == 2


STORY = [
    "Subscribe to Netflix rose 3 percent in the first hour of trading.",
    "Sign up for our newsletter, the e-mail told its victims, and you may win a car.",
    "You may also like the idea of free trade, but economists warn that it has costs.",
    "Read more books, the minister told pupils in Puebla.",
    f"SEE ALSO: Mayor Sounds a Pessimistic Note {MORE} {MORE}",
    "Related offenses rose by a fifth last year.",
    "Most read the letter as a threat.",
    "Don’t miss the point: the offer was never serious.",
    "Advertisement revenue fell by a third, the company said.",
    "Leave a reply unanswered for long enough and it becomes one.",
    "Comments by the president drew criticism.",
    "Name a price, he said.",
    "Share prices fell by 4 percent.",
    "Share this burden, she asked of the richer states.",
    "Tweets by the minister were deleted overnight.",
    "Email records show that the ministry knew in March.",
    "Tags on the bags showed where they came from.",
    "Copyright holders sued in 2019 and lost.",
    "We use cookies as bait, the baker said.",
    "Photographs: the police have forty of them, none of use in court.",
    "The agency has a photo: it shows nothing.",
    "Reporting by the Globe showed that the church had known.",
    "She contributed to this report being withdrawn, critics said.",
    "Menu prices rose by 8 percent.",
    "World leaders met in Lima.",
    "By May 4, 2025, all had left.",
    "WASHINGTON (AP) — The president declined to answer.",
    "• The minister said that the offer stood.",
    "No.",
    "Publicidad engañosa, dijo el juez.",
    "Deja una respuesta pendiente: quién paga.",
    "Comparte esta noticia con su hermano, que vive en Lima.",
    "Get the app ready by May, the ministry told the company.",
    "Phone records show that the two spoke on 14 occasions.",
    "Press release after press release promised a bridge.",
    "Home, sport and news are what readers want, the survey found.",
]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_prose_that_begins_like_boilerplate_stays_in_the_story(at: int) -> None:
    for line in STORY:
        paragraphs = [PROSE, MORE]
        paragraphs.insert(at, line)
        text = "\n\n".join([TITLE, *paragraphs])
        found = [(block.kind, text[block.start : block.end]) for block in read_layout(text).blocks]
        assert found == [("title", TITLE), *(("paragraph", paragraph) for paragraph in paragraphs)]


CREDITS = {
    "By | May 4, 2025": Credit("byline", None, date(2025, 5, 4)),
    "By Jane Doe and John Roe, Reuters": Credit("byline", "Jane Doe and John Roe"),
    "By Edmund Varley, Transport Correspondent": Credit("byline", "Edmund Varley"),
    "By JANE DOE | Staff Writer | Updated 5:03 p.m. ET, May 4, 2025": Credit(
        "byline", "JANE DOE", date(2025, 5, 4), updated=True
    ),
    "By Jane Doe in Mexico City": Credit("byline", "Jane Doe"),
    "By María de la Cruz & Ludwig van Dyke": Credit("byline", "María de la Cruz & Ludwig van Dyke"),
    "By Tess Bonn - 11/19/19 06:56 AM EST": Credit("byline", "Tess Bonn"),
    "Posted by Jo Lee on May 4, 2025": Credit("byline", "Jo Lee", date(2025, 5, 4)),
    "Por Ana Pérez | 3 de marzo de 2024": Credit("byline", "Ana Pérez", date(2024, 3, 3)),
    "Von Jo Lee, 4. März 2024": Credit("byline", "Jo Lee", date(2024, 3, 4)),
    "Par Jo Lee | Publié le 4 mars 2024": Credit("byline", "Jo Lee", date(2024, 3, 4)),
    "بقلم أحمد سالم | 12 مارس 2024": Credit("byline", "أحمد سالم", date(2024, 3, 12)),
    "新华社记者 王小明 2024-03-12": Credit("byline", "王小明", date(2024, 3, 12)),
    "2024-03-12 10:30 来源：新华社": Credit("byline", None, date(2024, 3, 12)),
    "Author: Jo Lee": Credit("byline", "Jo Lee"),
    "Published 2025-05-04T10:00:00Z": Credit("byline", None, date(2025, 5, 4)),
    "Sunday, May 4, 2025 at 5:03 PM EDT": Credit("byline", None, date(2025, 5, 4)),
    "4 May 2025, 10:15 GMT+5:30": Credit("byline", None, date(2025, 5, 4)),
    "4 May 2025, 10:15 CST": Credit("byline", None, date(2025, 5, 4)),  # Chicago or Shanghai
    "Sept. 18, 2025, 9:15 p.m.": Credit("byline", None, date(2025, 9, 18)),  # no zone
    "Published May 3, 2025 | Updated May 4, 2025": Credit("byline", None, date(2025, 5, 3)),
    "Updated 3 hours ago": Credit("byline"),
    "05/04/2025": Credit("byline"),  # May or April
    "25/02/2025": Credit("byline", None, date(2025, 2, 25)),
    "February 30, 2025": Credit("byline"),
    "2024年3月12日 10時30分": Credit("byline", None, date(2024, 3, 12)),
    "Valdemera, 14 de marzo de 2025": Credit("dateline", None, date(2025, 3, 14)),
    "Mexico City | March 3, 2024": Credit("dateline", None, date(2024, 3, 3)),  # written as a name is
    "Von Montag an ist alles anders": None,
    "记者说这不好": None,
    "Version 10.12.2024.5": None,
    "By the time he left, it was over": None,
    "By 2030, half of them": None,
    "Trump won on November 5, 2024": None,
    "": None,
    "May 4, 2025 " * 100: None,
}


def test_credits_are_read_or_left_alone() -> None:
    assert {line: read_credit(line) for line in CREDITS} == CREDITS


def test_no_line_costs_more_than_its_length() -> None:
    for line in (
        *("share " * 66 + "x", "tags: " + "a, " * 130, "photo: " * 57, "((((" * 100, "by " * 60, "1:1" * 60),
        *("phone: " + "1 " * 190 + "x", "home" + " | a" * 90 + ".", "email: " + "a@b " * 90 + "!", "> " * 190 + "x"),
        *("**" + "* " * 190 + "x", "Jo Lee, " + "a " * 90, "contact: " + "(a " * 120),
    ):
        read_layout("\n".join(f"{line}{n % 10}{n}" for n in range(40)))
