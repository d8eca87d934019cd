"""Hold a headline against its story by the words that they share; English only."""

from itertools import pairwise
from typing import Any

from newslens.analyses.analysis import Reading
from newslens.analyses.claims import find_unsupported, split_content, word_keys
from newslens.analyses.headline import Relation
from newslens.offline.language import cut, is_english

_CARRIED, _TOUCHED = 0.75, 0.2  # parts of a headline's content words in one place: the story has it, or some of it


def read_headline(reading: Reading) -> list[dict[str, Any]]:
    """What the story does with the headline, as far as words tell: it has all, a part, or nothing of it.

    Words cannot tell whether a headline overstates or contradicts its story, so no such relation is given. What the
    story lacks is computed when the result is validated, whoever read the article.
    """
    article = reading.article
    story = [span.text for span in article.sentences]
    if not article.title:
        return []
    relation: Relation = "unclear"
    evidence: list[int] = []
    wanted = [word_keys(one.text) for one in split_content(article.title)]
    if wanted and is_english(article.language, story):
        carried: dict[str, frozenset[int]] = {}  # for each word of the story, those of the headline that it carries
        has = []
        for sentence in story:
            words = {word.text for word in cut(sentence)}
            for word in words - carried.keys():
                carried[word] = frozenset(k for k, one in enumerate(wanted) if one & word_keys(word))
            has.append(frozenset().union(*map(carried.__getitem__, words)))
        places = [
            *(((k,), own) for k, own in enumerate(has)),
            *(((k, k + 1), a | b) for k, (a, b) in enumerate(pairwise(has))),
        ]
        where, best = max(places, key=lambda place: (len(place[1]), -len(place[0]), -place[0][0]))
        if len(best) < max(1, _TOUCHED * len(wanted)):
            relation = "not_addressed"
        else:
            lacking = find_unsupported(article.title, article.text.replace(article.title, " "))
            whole = len(best) >= _CARRIED * len(wanted) and not lacking
            relation = "supported" if whole else "partially_supported"
            evidence = [k + 1 for k in where]
    label = {"value": relation, "method": "classical"}
    return [{"text": article.title, "kind": "headline", "relation": label, "evidence": evidence}]
