"""Irregular past forms of verbs."""

from functools import cache

from newslens.offline.lexicon import entries, table


@cache
def pasts() -> frozenset[str]:
    """Irregular past forms, and the present forms that news tells the past in."""
    known = {form.split()[0] for form in table("inflection")["irregular"].values()}
    present = {"says", "has", "is", "remains", "becomes", "seems", "appears"}
    return entries("structure", "verbs", "past") | known | present
