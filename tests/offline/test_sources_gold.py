"""How well the classical reader finds attributions, on sentences labelled before its rules were written.

HELD_OUT was written when the rules were finished and has changed none of them.
"""

import pytest

from newslens.offline.sources import sourced

Gold = tuple[str | None, str, str, str]  # source, cue, class, quote

N, B, D, A, V, M, U = (
    "named_person",
    "named_organisation",
    "described",
    "anonymous",
    "vague_collective",
    "other_media",
    "unattributed",
)
DEVELOPMENT: list[tuple[str, list[Gold]]] = [
    ("Maria Lopez said the bridge would open in May.", [("Maria Lopez", "said", N, "indirect")]),
    ("“We are ready,” said Tom Becker, the harbour's manager.", [("Tom Becker", "said", N, "direct")]),
    (
        "Finance Minister Jonas Weber warned that taxes would rise.",
        [("Finance Minister Jonas Weber", "warned", N, "indirect")],
    ),
    ("According to Dr. Helen Ford, the vaccine is safe.", [("Dr. Helen Ford", "According to", N, "indirect")]),
    ("Senator Ruth Okoye called the bill “a gift to lobbyists”.", [("Senator Ruth Okoye", "called", N, "mixed")]),
    ("“It never worked,” Paul Reyes told the committee.", [("Paul Reyes", "told", N, "direct")]),
    ("Karen Holt, who runs the shelter, added that beds were short.", [("Karen Holt", "added", N, "indirect")]),
    ("The plan was described by Anna Berg as “reckless”.", [("Anna Berg", "described by", N, "mixed")]),
    (
        "The World Health Organization said cases had doubled.",
        [("The World Health Organization", "said", B, "indirect")],
    ),
    (
        "Prices fell 2 percent, according to the European Central Bank.",
        [("the European Central Bank", "according to", B, "indirect")],
    ),
    ("Northwind Airlines denied that pilots were underpaid.", [("Northwind Airlines", "denied", B, "indirect")]),
    (
        "The Justice Department announced that it would appeal.",
        [("The Justice Department", "announced", B, "indirect")],
    ),
    ("NASA confirmed that the probe had landed.", [("NASA", "confirmed", B, "indirect")]),
    ("The claims were rejected as “fantasy” by the Treasury.", []),
    ("Police said two men were arrested.", [("Police", "said", D, "indirect")]),
    (
        "A spokeswoman for the company said the site was closed.",
        [("A spokeswoman for the company", "said", D, "indirect")],
    ),
    ("U.S. officials said the strike had failed.", [("U.S. officials", "said", D, "indirect")]),
    ("One lawmaker said the vote was a farce.", [("One lawmaker", "said", D, "indirect")]),
    ("“My roof is gone,” a neighbour said.", [("a neighbour", "said", D, "direct")]),
    ("Prosecutors allege that he stole the money.", [("Prosecutors", "allege", D, "indirect")]),
    ("The mayor insisted that the water was clean.", [("The mayor", "insisted", D, "indirect")]),
    (
        "A diplomat from the region told reporters that talks were stuck.",
        [("A diplomat from the region", "told", D, "indirect")],
    ),
    ("Officials said the fire was under control.", [("Officials", "said", D, "indirect")]),
    (
        "People familiar with the matter said the deal was off.",
        [("People familiar with the matter", "said", A, "indirect")],
    ),
    (
        "A senior official, who spoke on condition of anonymity because the talks are private, said no date was set.",
        [("A senior official", "said", A, "indirect")],
    ),
    (
        "A person briefed on the plan said that cuts were coming.",
        [("A person briefed on the plan", "said", A, "indirect")],
    ),
    ("“He is finished,” said an aide who asked not to be named.", [("an aide", "said", A, "direct")]),
    (
        "According to two sources close to the board, the chairman will resign.",
        [("two sources close to the board", "According to", A, "indirect")],
    ),
    ("A source said the buyer had withdrawn.", [("A source", "said", A, "indirect")]),
    ("One trader, declining to be identified, said losses were heavy.", [("One trader", "said", A, "indirect")]),
    ("Critics say the law goes too far.", [("Critics", "say", V, "indirect")]),
    ("Some experts believe that the war will last for years.", [("Some experts", "believe", V, "indirect")]),
    ("Many argue that the rule is unfair.", [("Many", "argue", V, "indirect")]),
    ("Supporters of the program reply that it saves jobs.", [("Supporters of the program", "reply", V, "indirect")]),
    ("Others warn that the coast would be left without cover.", [("Others", "warn", V, "indirect")]),
    ("Observers think that the coalition is weak.", [("Observers", "think", V, "indirect")]),
    ("Sources said the talks had stalled.", [("Sources", "said", V, "indirect")]),
    ("Analysts said the bank was short of cash.", [("Analysts", "said", V, "indirect")]),
    ("Reuters reported that the plant had closed.", [("Reuters", "reported", M, "indirect")]),
    ("The army has left the town, the New York Times reported.", [("the New York Times", "reported", M, "indirect")]),
    (
        "According to the state news agency, ten people died.",
        [("the state news agency", "According to", M, "indirect")],
    ),
    ("Local media reported that schools were shut.", [("Local media", "reported", M, "indirect")]),
    ("The offer was reported by Fox News.", [("Fox News", "reported by", M, "indirect")]),
    ("It is alleged that the fund lost millions.", [(None, "is alleged", U, "indirect")]),
    ("The minister is said to be weighing a resignation.", [(None, "is said", U, "indirect")]),
    ("Workers have reportedly been told little.", [(None, "reportedly", U, "indirect")]),
    ("It was widely believed that the king was ill.", [(None, "was widely believed", U, "indirect")]),
    ("The suspect allegedly drove into the crowd.", [(None, "allegedly", U, "indirect")]),
    ("The bridge was closed for repairs in March.", []),
    ("The council declined to say when the road would open.", []),
]
HELD_OUT: list[tuple[str, list[Gold]]] = [
    (
        "Chancellor Ingrid Moser said on Tuesday that she would not run again.",
        [("Chancellor Ingrid Moser", "said", N, "indirect")],
    ),
    ("“They took everything,” said Yusuf Demir, 54, a baker.", [("Yusuf Demir", "said", N, "direct")]),
    (
        "Rachel Stein, a professor of law at Leiden, argued that the clause was void.",
        [("Rachel Stein", "argued", N, "indirect")],
    ),
    (
        "The bill, Representative Mark Dole conceded, has little chance.",
        [("Representative Mark Dole", "conceded", N, "indirect")],
    ),
    ("“I will pay it back,” Nora Quinn promised, “every cent of it.”", [("Nora Quinn", "promised", N, "direct")]),
    (
        "In an interview with Swedish radio, Lars Holm described the raid as “pure theatre”.",
        [("Lars Holm", "described", N, "mixed")],
    ),
    (
        "The strike was denounced by Pedro Alvarez as a betrayal of passengers.",
        [("Pedro Alvarez", "denounced by", N, "indirect")],
    ),
    ("The International Monetary Fund expects growth to slow, it said in a report.", [("it", "said", D, "indirect")]),
    ("The Pentagon said in a statement that no troops were hurt.", [("The Pentagon", "said", B, "indirect")]),
    ("According to the Health Ministry, 14 patients died.", [("the Health Ministry", "According to", B, "indirect")]),
    ("Volkswagen announced that it will close the plant.", [("Volkswagen", "announced", B, "indirect")]),
    ("Hamas claimed that the tunnel had been empty.", [("Hamas", "claimed", B, "indirect")]),
    ("Firefighters said the blaze had spread to three houses.", [("Firefighters", "said", D, "indirect")]),
    ("Her lawyer told the court that she had acted in fear.", [("Her lawyer", "told", D, "indirect")]),
    ("Two witnesses testified that the lights were off.", [("Two witnesses", "testified", D, "indirect")]),
    (
        "“It was a wall of water,” a resident of the valley recalled.",
        [("a resident of the valley", "recalled", D, "direct")],
    ),
    (
        "The airport's operator apologised and said flights would resume at noon.",
        [("The airport's operator", "said", D, "indirect")],
    ),
    (
        "A European diplomat with knowledge of the talks said that a deal was near.",
        [("A European diplomat with knowledge of the talks", "said", A, "indirect")],
    ),
    (
        "Three employees, who asked for anonymity for fear of reprisals, said they had been warned.",
        [("Three employees", "said", A, "indirect")],
    ),
    (
        "“Nobody believes him,” said a person close to the family.",
        [("a person close to the family", "said", A, "direct")],
    ),
    ("A government source told the paper that the tax would go.", [("A government source", "told", A, "indirect")]),
    ("Opponents counter that the dam would drown six villages.", [("Opponents", "counter", V, "indirect")]),
    ("Several economists have warned that the peg cannot hold.", [("Several economists", "warned", V, "indirect")]),
    ("Skeptics doubt that the fund will ever pay out.", [("Skeptics", "doubt", V, "indirect")]),
    ("The BBC reported that two ministers had threatened to quit.", [("The BBC", "reported", M, "indirect")]),
    ("The fire began in a kitchen, according to local media.", [("local media", "according to", M, "indirect")]),
    ("He is believed to be hiding in the mountains.", [(None, "is believed", U, "indirect")]),
    ("The company reportedly paid a ransom in March.", [(None, "reportedly", U, "indirect")]),
    ("The minister declined to comment on the arrests.", []),
    ("Rain is expected across the north on Friday.", []),
]


def counts(cases: list[tuple[str, list[Gold]]]) -> tuple[int, int, int, int]:
    """Gold attributions, found ones, those with the right source and cue, those with class and quote right, too."""
    gold = found = same = right = 0
    for sentence, expected in cases:
        got: list[Gold] = [
            (
                sentence[slice(*one.source)] if one.source else None,
                sentence[slice(*one.cue)] if one.cue else "",
                one.source_class,
                one.quote,
            )
            for one in sourced([sentence])
        ]
        gold, found = gold + len(expected), found + len(got)
        same += len({one[:2] for one in got} & {one[:2] for one in expected})
        right += len(set(got) & set(expected))
    return gold, found, same, right


@pytest.mark.parametrize(("cases", "recall", "precision"), [(DEVELOPMENT, 1.0, 1.0), (HELD_OUT, 0.89, 0.96)])
def test_attributions_are_found_with_their_class(
    cases: list[tuple[str, list[Gold]]], recall: float, precision: float
) -> None:
    gold, found, _, right = counts(cases)
    assert right / gold >= recall
    assert right / found >= precision
