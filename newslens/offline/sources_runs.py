"""Whose words a sentence is that has nothing but a quotation: `“We stay,” Orr said. “They are crooks.”`."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from newslens.offline.parsing import Parse
from newslens.offline.sources_claim import Claim
from newslens.offline.sources_kind import Source


def runs(
    parses: Sequence[Parse], claims: Sequence[tuple[int, Claim]], reach: Callable[[int], int]
) -> Mapping[int, Sequence[Source]]:
    """For the index of a claim, the sentences before and behind its own in which its quotation goes on.

    Args:
        parses: the sentences.
        claims: the attributions in reading order, each with its 0-based sentence.
        reach: the first sentence of the paragraph that a sentence stands in.
    """
    claimed = {k for k, _ in claims}
    free = {k for k, parsed in enumerate(parses) if k not in claimed and _is_quoted(parsed)}
    found: dict[int, list[Source]] = defaultdict(list)
    quoting = [(number, k) for number, (k, one) in enumerate(claims) if one.kind != "indirect" and one.source]
    for number, k in reversed(quoting):
        j = k + 1
        while j in free and (reach(j) <= j - 1 or parses[j - 1].awaited):
            free.discard(j)
            found[number].append(_whole(parses[j], j))
            j += 1
    for number, k in quoting:
        j = k - 1
        while j in free and parses[j].awaited:
            free.discard(j)
            found[number].append(_whole(parses[j], j))
            j -= 1
    return found


def _is_quoted(parsed: Parse) -> bool:
    spoken = [quote >= 0 for word, quote in zip(parsed.words, parsed.quote, strict=True) if word.text[0].isalnum()]
    return bool(spoken) and all(spoken)


def _whole(parsed: Parse, sentence: int) -> Source:
    spoken = [word for word in parsed.words if word.text[0].isalnum()]
    return Source(sentence, spoken[0].start, spoken[-1].end)
