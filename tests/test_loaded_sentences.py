"""Which words the offline reader takes for loaded: sentences written before its rules, and others written after."""

import pytest

from newslens.classical.loaded import find
from newslens.classical.sides import read

LOADED = [
    ("The council rammed through a draconian curfew on Tuesday night.", "loaded_language", "draconian"),
    ("Gang violence has plagued the port for a decade.", "loaded_language", "plagued"),
    ("A flood of migrants crossed the river in August.", "loaded_language", "flood of migrants"),
    ("Refugees are swarming into the border towns.", "loaded_language", "swarming into"),
    ("The minister slammed the opposition over the delay.", "loaded_language", "slammed"),
    ("Her brazen disregard for the rules cost the agency its licence.", "loaded_language", "brazen"),
    ("It was a shameful end to a long inquiry.", "loaded_language", "shameful"),
    ("The company raked in £3 million while patients waited.", "loaded_language", "raked in"),
    ("Lawmakers caved to the lobby within a week.", "loaded_language", "caved"),
    ("The merger was a disastrous gamble for the region.", "loaded_language", "disastrous"),
    ("Sheela Rao made the bold decision to walk away from the talks.", "loaded_language", "bold decision"),
    ("Ministers face a firestorm over the leaked memo.", "loaded_language", "firestorm"),
    ("The senator's utterly ridiculous proposal died in committee.", "loaded_language", "utterly ridiculous"),
    ("Bureaucrats squandered millions on a website that nobody uses.", "loaded_language", "squandered"),
    ("The tax is a crushing blow to small farms.", "loaded_language", "crushing blow"),
    ("The mayor and his cronies have run the harbour board since 2011.", "name_calling", "cronies"),
    ("Union bosses refused to put the offer to a vote.", "name_calling", "Union bosses"),
    ("The warmongers in the capital will not be satisfied.", "name_calling", "warmongers"),
    ("Tree-huggers blocked the road to the quarry on Friday.", "name_calling", "Tree-huggers"),
    ("Fat cats at the bank took home larger bonuses.", "name_calling", "Fat cats"),
    ("The strongman's henchmen seized the radio station.", "name_calling", "henchmen"),
    ("A gang of thugs in the ministry decides who gets a licence.", "name_calling", "thugs"),
    ("The governor is a demagogue with a thin record.", "name_calling", "demagogue"),
    ("Coastal elites will never understand the valley.", "name_calling", "Coastal elites"),
    ("Rents have skyrocketed in the old town.", "exaggeration_minimisation", "skyrocketed"),
    ("The audit made explosive claims about the contract.", "exaggeration_minimisation", "explosive claims"),
    ("Everyone knows the dam will fail.", "exaggeration_minimisation", "Everyone knows"),
    (
        "It was the most corrupt government in history.",
        "exaggeration_minimisation",
        "most corrupt government in history",
    ),
    ("The ministry paid a whopping 40 million crowns for the software.", "exaggeration_minimisation", "whopping"),
    ("The spill was nothing more than a hiccup for the company.", "exaggeration_minimisation", "nothing more than"),
    ("The so-called experts on the panel had never seen the river.", "exaggeration_minimisation", "so-called experts"),
    ("The ruling is a pivotal moment for the whole continent.", "exaggeration_minimisation", "pivotal moment"),
]

PLAIN = [
    "The storm flooded forty houses along the river on Sunday.",
    "A flood of water from the burst main closed the tunnel.",
    "An explosion at the fuel depot killed two workers.",
    "The truck slammed into a barrier near the exit.",
    "She slammed the door and left the hearing, a witness said.",
    "A swarm of bees delayed the match for an hour.",
    "The court convicted him of reckless driving.",
    "Fire ravaged the market hall overnight.",
    "The cave was closed after the roof caved in.",
    "The explosive device was defused by the army.",
    "Workers raked in the leaves before the parade.",
    "The plague killed a third of the town in 1349.",
    "The Brazen Head is the oldest pub in the city.",
    "Her novel “The Shameless Years” won the prize.",
    "The puppet theatre reopens in May.",
    "A circus clown was treated for burns.",
    "Thugs, a band from Leeds, will open the festival.",
    "Sales rose 3 per cent in the third quarter, the company said.",
    "The council voted 7 to 4 to close the bridge.",
    "The agency said the drought was the worst since records began in 1884.",
    "The union and the port operator will meet on Thursday.",
    "Police arrested three people after a fight outside the stadium.",
    "The nuclear plant's reactor suffered a partial meltdown in 1979.",
    "The earthquake had a magnitude of 6.1 and was felt in three states.",
    "So-called forever chemicals were found in two wells.",
    "Nobody was injured, and everyone was evacuated within an hour.",
    "The epic poem was copied in the ninth century.",
    "The astronomical observatory opens to visitors in June.",
    "The text is printed in bold type on the first page.",
    "Only four members voted against the measure.",
    "The bill is not draconian.",
    "The bank merely confirmed the date of the transfer.",
    "The team had a bruising defeat but a stunning second half.",
    "The bombshell was found by builders and dates from 1943.",
    "Prices for wheat soared after the ban on exports.",
]


def found(sentence: str) -> list[tuple[str, str]]:
    return [(one.technique, sentence[one.start : one.end]) for one in find(read([sentence]))]


@pytest.mark.parametrize(("sentence", "technique", "phrase"), LOADED)
def test_loaded_words_come_out(sentence: str, technique: str, phrase: str) -> None:
    assert (technique, phrase) in found(sentence)


@pytest.mark.parametrize("sentence", PLAIN)
def test_plain_words_do_not(sentence: str) -> None:
    assert found(sentence) == []
