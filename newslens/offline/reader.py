"""The offline readers: each takes an article and returns plain data as a model would answer."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from newslens.analyses.analysis import Reading
from newslens.analyses.claims import find_unsupported, split_content, word_keys
from newslens.analyses.headline import Relation
from newslens.offline.frames import read_coding, read_framing
from newslens.offline.language import cut, is_english
from newslens.offline.loaded import read_loaded
from newslens.offline.sources import read_sources
from newslens.offline.stances import read_stances
from newslens.offline.summary import read_summary

_CARRIED, _TOUCHED = 0.75, 0.2  # parts of a headline's content words in one place: the story has it, or some of it


def read_headline(reading: Reading) -> list[dict[str, Any]]:
    """Compare the headline with its story by the words that they share; English only.

    Words cannot show that a headline overstates or contradicts its story, so neither relation is returned. What the
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


READERS: Mapping[str, Callable[[Reading], Any]] = {
    "summary": read_summary,
    "stance": read_stances,
    "framing": read_framing,
    "coding": read_coding,
    "headline": read_headline,
    "loaded": read_loaded,
    "sources": read_sources,
}
"""By the name of an analysis's prompt. An analysis without an entry or a reader of its own needs a model."""
