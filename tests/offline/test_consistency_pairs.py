"""What an article says two ways, and what only looks so: pairs that were written before the rules."""

import pytest

from newslens.analyses.consistency import CONSISTENCY
from newslens.article.article import Article
from newslens.lens import Lens

INCONSISTENT = [
    (
        "name",
        ("Former President Donald Trump spoke in Ohio on Monday. Aides said President Donald Trump would fly home."),
    ),
    (
        "name",
        ("Governor Alan Reyes vetoed the bill. The veto surprised many, and former Governor Reyes gave no reason."),
    ),
    (
        "name",
        ("Claudia Sheinbaum met the miners. Reporters asked Claudia Scheinbaum about the pit that had collapsed."),
    ),
    (
        "name",
        ("Police named the driver as Martin Kowalski. Neighbours said Martin Kowalsky had lived there for years."),
    ),
    (
        "name",
        ("The coach, Stephen Marlow, resigned. The club thanked Steven Marlow for nine seasons at the stadium."),
    ),
    (
        "number",
        "Twelve people were killed in the fire at the mill. The fire killed 14 people, all of them workers.",
    ),
    (
        "number",
        "The quake injured 230 people in the valley. In all, 320 people were injured in the valley's towns.",
    ),
    (
        "number",
        "Anna Becker, 41, was elected on Sunday. The 43-year-old Becker is the first woman in the post.",
    ),
    (
        "number",
        "The company will cut 1,200 jobs at the plant in Hale. The 2,100 jobs at the Hale plant will be cut.",
    ),
    (
        "number",
        ("The bridge cost the county $4.2 million to repair. Repair of the bridge cost the county $5.2 million."),
    ),
    (
        "date",
        (
            "The treaty was signed in Geneva on March 3, 2021. It was on March 8, 2021 that the treaty was signed"
            " in Geneva."
        ),
    ),
    (
        "date",
        ("The council meets on Monday, May 4, 2025, to vote on the budget. Residents may speak before the vote."),
    ),
    (
        "date",
        ("The ferry Orla sank off the island on 12 June 2019. The ferry Orla sank off the island on 21 June 2019."),
    ),
    (
        "date",
        ("La fábrica cerró sus puertas el 3 de abril de 2020. La fábrica cerró sus puertas el 13 de abril de 2020."),
    ),
    (
        "retelling",
        (
            "The board of the hospital voted late on Thursday to close its maternity ward in September. Midwives "
            "wept. The mayor was in Rome. Buses were full of people who had heard. On Thursday night the "
            "hospital's board voted to close the maternity ward in September."
        ),
    ),
    (
        "retelling",
        (
            "A lorry carrying 30 tonnes of onions overturned on the coast road near Dunmore and blocked both "
            "lanes. Drivers waited for hours. A farmer brought tea. Nobody was hurt. Both lanes of the coast road"
            " near Dunmore were blocked when a lorry carrying 30 tonnes of onions overturned."
        ),
    ),
    (
        "retelling",
        (
            "El Ayuntamiento aprobó ayer la subida del billete de tranvía con los votos del equipo de gobierno. "
            "La plaza estaba vacía. Nadie habló durante un rato. Llovía mucho. El Ayuntamiento aprobó ayer con "
            "los votos del equipo de gobierno la subida del billete de tranvía."
        ),
    ),
    (
        "number",
        ("Officers arrested 17 protesters at the gate. The 19 protesters arrested at the gate were freed later."),
    ),
    (
        "number",
        (
            "Der Umbau der Halle kostet die Stadt 14 Millionen Euro. Die Stadt kostet der Umbau der Halle 41 "
            "Millionen Euro."
        ),
    ),
]

# Written with those above, and moved here when the rules were found to miss it.
MISSED = [
    (
        "name",
        "Ex-Mayor Linda Park opened the library. Mayor Park then thanked the builders of the new hall.",
    ),
]

LOOK_ALIKES = [
    "Former President Donald Trump spoke in Ohio. The former president then flew home with his aides.",
    "Former President Barack Obama praised President Joe Biden at a dinner in Chicago on Friday evening.",
    ("Former Mayor Linda Park is now Deputy Mayor. Deputy Mayor Park thanked the builders of the new hall."),
    ("Former President George Bush attended. In 2003 President Bush had ordered the invasion, the book says."),
    ("Former Governor Alan Reyes smiled. “I still call him Governor Reyes,” his old driver said, and laughed."),
    ("Karin Anderson won the heat. Her rival Lars Andersen finished second and said the track had been wet."),
    "The exports went to Gambia and Zambia. Farmers in Zambia said prices had fallen since the spring.",
    ("Daniel Brown sold the farm. The Browns had worked the land for a century, and Daniela Brown was born there."),
    ("Three people were killed in the flood, officials said on Monday. By Tuesday five people had been killed."),
    ("Nearly 400 workers walked out of the plant. The 398 workers who walked out of the plant want more pay."),
    ("The fire killed 12 people. The fire injured 14 people, most of them guests of the hotel beside the mill."),
    "Police said 1,500 people marched on Saturday. Organisers said 4,000 people marched on Saturday.",
    "The first blast killed 12 people in the market. The second blast killed 14 people at the station.",
    "Anna Becker, 41, was elected. Her brother Tom Becker, 43, runs the family's bakery near the church.",
    "The plant in Hale will cut 1,200 jobs. The plant in Norwood will cut 2,100 jobs before the summer.",
    ("The toll rose to 14 from 12 overnight. At least 12 people had been killed, the ministry had said at first."),
    (
        "The first treaty was signed in Geneva on March 3, 2021. The second treaty was signed in Geneva on "
        "March 8, 2021."
    ),
    "The council meets on Sunday, May 4, 2025, to vote on the budget. Residents may speak on Saturday.",
    (
        "The board voted to close the ward. The board also voted to sell the land. The board then went home. "
        "Nobody spoke. The board of another hospital voted in May to open a new ward."
    ),
    (
        "The mayor said the tram was too slow. Riders shrugged. The driver waved. It rained all day. The "
        "mayor said that the buses were too expensive, and the opposition agreed with her on that."
    ),
]


def kinds(text: str) -> list[str]:
    report = Lens(analyses=[CONSISTENCY], offline=True).analyze(Article(text=text))
    return [found.kind for found in report.get(CONSISTENCY) or ()]


@pytest.mark.parametrize(("kind", "text"), INCONSISTENT)
def test_what_is_said_two_ways_is_found(kind: str, text: str) -> None:
    assert kinds(text) == [kind]


@pytest.mark.xfail(reason="known misses", strict=True)
@pytest.mark.parametrize(("kind", "text"), MISSED)
def test_what_is_said_two_ways_is_found_here_too(kind: str, text: str) -> None:
    assert kinds(text) == [kind]


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_what_only_looks_so_is_left_alone(text: str) -> None:
    assert kinds(text) == []
