"""Who cannot be for or against a thing: what is itself a thing, and who is called the contrary."""

from collections.abc import Sequence

from newslens.offline.grammar import PREPOSITIONS
from newslens.offline.issues import issues
from newslens.offline.lexicon import entries
from newslens.offline.stance_words import roles
from newslens.offline.topics import Key, key, same
from newslens.offline.words import Word


def is_thing(phrase: Sequence[Word]) -> bool:
    """Whether a phrase names what takes no side: "the results of the survey" support a theory."""
    ends = (k for k in range(1, len(phrase)) if phrase[k].low in PREPOSITIONS)
    head = phrase[next(ends, len(phrase)) - 1]
    things = entries("stances", "things", "nouns") | issues()
    return not head.capital and not things.isdisjoint({head.low, head.low.removesuffix("s")})


def belied(holder: str, naming: Key, *, favor: bool) -> bool:
    """Whether a side is not that of its holder's name: "critics of the plan" are not for the plan."""
    role, _, thing = holder.lower().partition(" of ")
    return roles().get(role.removesuffix("s"), favor) != favor and same(key(thing), naming)
