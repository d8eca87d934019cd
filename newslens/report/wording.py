"""What every view says in the same words: labels, who read the article, what is missing, what people corrected."""

from typing import Any

from newslens.analyses.findings import Label, Prose
from newslens.report.data import Provenance, ReportData
from newslens.report.rows import FindingRow, list_rows, list_sections
from newslens.report.sanitise import shorten, to_one_line

_LONGEST_TITLE = 60  # code points
_LARGEST_PART = 0.99  # rounded up, a part would look like the whole
_NOUNS = {
    "summary": "key point",
    "stances": "stance",
    "framing": "framing note",
    "consistency": "inconsistency",
    "headline": "headline check",
    "loaded": "loaded phrase",
    "sources": "attribution",
    "structure": "circumstance",
}


def count(number: int, noun: str) -> str:
    """A number with its noun: "1 finding", "2 findings", "3 inconsistencies"."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def describe_probability(label: Label[Any]) -> str:
    """A label's probability, where something measured one: " p=0.83"."""
    return "" if label.probability is None else f" p={label.probability:.2f}"


def describe_label(label: Label[Any]) -> str:
    """A label with its probability: "against p=0.83"."""
    return f"{to_one_line(label.value).replace('_', ' ')}{describe_probability(label)}"


def describe_support(label: Label[Any]) -> str:
    """Whether the evidence carries a finding: "its sentences: supported p=0.83"."""
    return f"its sentences: {describe_label(label)}"


def describe_reader(provenance: Provenance) -> str:
    """The model by its name, as far as it is known, or that there was none."""
    if provenance.reader == "classical":
        return "classical methods"
    return to_one_line(provenance.model or "") or "a model"


def describe_missing(found: FindingRow | Prose) -> str:
    """A warning, if there is something in a finding that is not in the article."""
    return "" if found.grounded else f"⚠ not in the article: {', '.join(found.missing)}"


def describe_spending(report: ReportData) -> str:
    """Requests, tokens and cost: "2 requests, 1200+300 tokens, $0.01"; empty without a request."""
    usage = report.usage
    cost = "price not known" if usage.cost_usd is None else f"${usage.cost_usd}"
    spent = f"{count(usage.requests, 'request')}, {usage.input_tokens}+{usage.output_tokens} tokens, {cost}"
    return spent if usage.requests else ""


def list_facts(report: ReportData) -> list[str]:
    """Byline, outlet, date and language, as far as they are known."""
    article = report.article
    byline = article.byline and f"by {article.byline}"
    published = article.published.isoformat() if article.published else None
    return [fact for fact in (byline, article.outlet, published, article.language) if fact]


def summarise(report: ReportData) -> str:
    """The report in one line, for `repr`: title, counts of findings, who read it, and how much is missing."""
    counts = [
        count(sum(row.is_there for row in section.rows), _NOUNS.get(section.kind, f"{section.kind} finding"))
        for section in list_sections(report)
    ]
    problems = [count(len(report.problems), "problem").upper()] if report.problems else []
    title = shorten(report.article.title or "untitled", _LONGEST_TITLE)
    found = to_one_line(", ".join([*counts, *problems]))
    return f"<Report {title!r}: {found}; by {describe_reader(report.provenance)}>"


def list_gaps(report: ReportData) -> list[str]:
    """One line for each problem, each part that was not read, and each kind of thing that nothing measured."""
    gaps = []
    for problem in report.problems:
        where = " in characters {}-{}".format(*problem.characters) if problem.characters else ""
        gaps.append(f"{problem.analysis}: {problem.kind}{where}: {problem.message}")
    gaps += [
        f"{one.analysis}: only {min(one.share, _LARGEST_PART):.0%} of the sentences were read"
        for one in report.coverage
        if one.status == "partial"
    ]
    if unread := [one.analysis for one in report.coverage if one.status == "needs_model"]:
        names = " and ".join(filter(None, [", ".join(unread[:-1]), unread[-1]]))
        gaps.append(f"{names} {'need' if len(unread) > 1 else 'needs'} a model")
    mended = [one.analysis for one in report.coverage if one.mended]
    if mended:
        gaps.append(f"{', '.join(mended)}: an answer held more than the JSON that was asked for; the rest was removed")
    labels = [row.label for row in list_rows(report) if row.label is not None]
    if labels and all(label.probability is None for label in labels):
        gaps.append("probabilities: nothing measured how sure these labels are")
    if report.summary is not None and not any(point.supported for point in report.summary.key_points):
        gaps.append("support: whether the cited sentences carry each key point is not checked")
    return [to_one_line(gap) for gap in gaps]


def list_corrections(report: ReportData) -> list[str]:
    """One line for each correction: what, how, by whom and when."""
    lines = []
    for one in report.corrections:
        name = one.finding or (f"an added finding of {one.kind}" if one.kind else "the whole article")
        after = (one.after and one.after.label) or "no label"
        if one.before and one.after and "label" in one.changes:
            change = f"{one.before.label or 'no label'} → {after}"
        elif one.after and not one.before:
            change = f"{after} [{', '.join(str(span.sentence) for span in one.after.evidence)}]"
        else:
            change = ", ".join(one.changes)
        when = f" on {one.at:%Y-%m-%d}" if one.at else ""
        note = f": {one.note}" if one.note else ""
        lines.append(f"{name}: {change}, by {one.by or 'somebody'}{when} ({one.tool.replace('_', ' ')}){note}")
    return [to_one_line(line) for line in lines]
