"""The closed word classes of English."""

from newslens.offline.lexicon import entries


def _closed(section: str) -> frozenset[str]:
    return entries("grammar", section, "words")


PREPOSITIONS = _closed("prepositions")
CONJUNCTIONS = _closed("conjunctions")
PRONOUNS = _closed("pronouns")
DETERMINERS = _closed("determiners")  # words that open a noun phrase
ADVERBS = _closed("adverbs")  # that do not end in "ly" and may stand between subject and verb
BE = _closed("be")
AUXILIARIES = BE | _closed("auxiliaries")
BORDERS = _closed("borders")  # words and marks that open a clause
NEGATIONS = _closed("negations")
POSSESSIVES = frozenset({"his", "her", "their", "its", "my", "our", "your", "whose"})
ENGLISH = _closed("english")  # the commonest words of English
NEIGHBOURS = _closed("neighbours")  # and those of other languages in the Latin script
