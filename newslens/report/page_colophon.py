"""Where a report comes from and what it cost, as a list of terms."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from newslens.report.page_markup import Host, line
from newslens.report.reader import reader

if TYPE_CHECKING:
    from newslens.errors import Usage
    from newslens.report.report import Provenance, Report


def colophon(report: "Report", host: Host) -> str:
    """Every fact that is known; what was not set is not named."""
    made = report.provenance
    rows = {
        "Read by": reader(made),
        "Server": made.server,
        "Labels measured by": made.judged_by,
        "Judge": made.judge,
        "Analyses": ", ".join(made.analyses),
        "Targets": ", ".join(made.targets),
        "Parameters": _parameters(made),
        "Spent": _spent(report.usage),
        "Prompts": _hashes(made.prompts),
        "Codebooks": _hashes(made.codebooks),
        "Article": f"SHA-256 {report.article.sha256}",
        "Source": report.article.source,
        "Made": f"{made.created:%Y-%m-%d %H:%M:%S} UTC, newslens {made.newslens}",
    }
    terms = "".join(f"<div><dt>{term}</dt><dd>{line(fact)}</dd></div>" for term, fact in rows.items() if fact)
    return f"{host.heading(1, 'How it was made')}<dl>{terms}</dl>"


def _parameters(made: "Provenance") -> str:
    """Those that the caller set."""
    numbers = {
        "least probability": made.min_probability,
        "output tokens at most": made.max_output_tokens,
        "temperature": made.temperature,
        "seed": made.seed,
    }
    calls = [f"{made.calls} calls"] if made.reader == "model" else []
    blind = ["outlet and byline masked"] if made.blind else []
    return ", ".join([*calls, *blind, *(f"{name} {value}" for name, value in numbers.items() if value is not None)])


def _spent(usage: "Usage") -> str:
    if not usage.requests:
        return "no request sent"
    retries = f" ({usage.retries} sent again)" if usage.retries else ""
    counted = " (partly our count)" if usage.estimated else ""
    tokens = f"{usage.input_tokens:,} tokens in ({usage.cached_tokens:,} cached), {usage.output_tokens:,} out{counted}"
    cost = "price not known" if usage.cost_usd is None else f"${usage.cost_usd}"
    return f"{usage.requests:,} requests{retries}, {tokens}, {usage.seconds:.1f} s of waiting, {cost}"


def _hashes(named: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in named.items())
