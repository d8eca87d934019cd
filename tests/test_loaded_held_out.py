"""Loaded words in sentences that were written before any rule was run on them, and that no rule was changed for.

The plain ones are hard on purpose: most hold a word of the lexicon in its literal sense.
"""

from newslens.classical.loaded import find
from newslens.classical.sides import read

LOADED = [
    ("The chancellor's reckless tax raid has left pensioners out of pocket.", "loaded_language"),
    ("Hordes of tourists descended on the fishing village in June.", "loaded_language"),
    ("The regulator, toothless as ever, waved the merger through.", "loaded_language"),
    ("Greedy landlords are driving families out of the harbour quarter.", "loaded_language"),
    ("A witch hunt against teachers has begun in the southern provinces.", "loaded_language"),
    ("The prime minister's shambolic response to the floods drew criticism.", "loaded_language"),
    ("Parents condemned the barbaric treatment of the children.", "loaded_language"),
    ("The deal was hatched in a smoke-filled room and forced down members' throats.", "loaded_language"),
    ("The bank's cynical ploy to dodge taxes came to light in March.", "loaded_language"),
    ("Protesters hijacked the meeting and held the council to ransom.", "loaded_language"),
    ("The party's cheerleaders in the press kept silent.", "name_calling"),
    ("The self-styled reformer is a puppet of the oil firms.", "name_calling"),
    ("The dictator's apologists wrote to every newspaper.", "name_calling"),
    ("A cabal of bankers decides what the city may build.", "name_calling"),
    ("Eco-zealots have stopped the motorway for a third year.", "name_calling"),
    ("The airline's collapse was the worst disaster in living memory.", "exaggeration_minimisation"),
    ("The new tariff will wipe out every farm in the valley.", "exaggeration_minimisation"),
    ("The scandal is just a storm in a teacup.", "exaggeration_minimisation"),
    ("It is the biggest scam of all time, and all of us are paying for it.", "exaggeration_minimisation"),
    ("The minister's monumental blunder will haunt the country for generations.", "exaggeration_minimisation"),
]

PLAIN = [
    "Heavy rain and a storm surge battered the coast overnight.",
    "The striker slammed the ball into the net in the 88th minute.",
    "Doctors described a wave of infections among children under five.",
    "The film “Evil Streets” opens on Friday.",
    "The shepherd's crook in the museum is from 1780.",
    "Critics praised the dramatic lighting of the stage set.",
    "Residents said the flood of 1997 was worse.",
    "The charity, Parents Against Bigotry, filed a complaint.",
    "The court heard that the toxic waste had been stored near the school.",
    "The vaccine is not a game-changer, researchers wrote.",
    "The army of ants covers two hectares, the biologist said.",
    "The cowardly lion was the children's favourite of the evening.",
    "The puppet government installed in 1940 was dissolved four years later.",
    "The play is a farcical comedy about two dentists.",
    "The firestorm destroyed most of the old city in 1943.",
    "The tyrant flycatcher nests in the reserve.",
    "The tide of March 4 was the highest of the year.",
    "Workers bulldozed through the wall to reach the trapped miners.",
    "Only the mayor voted no, and the motion passed.",
    "The parasites were found in two of nine samples from the lake.",
]


def found(sentence: str) -> set[str]:
    return {one.technique for one in find(read([sentence]))}


def test_the_rules_find_no_fewer_than_they_did_when_these_were_first_read() -> None:
    assert sum(technique in found(sentence) for sentence, technique in LOADED) >= 3


def test_the_rules_take_no_more_plain_words_for_loaded_than_they_did_then() -> None:
    assert sum(bool(found(sentence)) for sentence in PLAIN) <= 5
