"""All that a report depends on besides its article, which a run is of, and each line of a results file."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from newslens import __version__
from newslens.analyses.schema import adapter
from newslens.reading.pipeline import Pipeline, list_codebooks


def settings(pipeline: Pipeline) -> dict[str, Any]:
    """Each by its name; the server as a hash, since a path may hold a token."""
    used, judge = pipeline.settings, pipeline.judge
    return {
        "newslens": __version__,
        "reader": pipeline.kind,
        "model": pipeline.model,
        "server": digest(pipeline.server),
        "analyses": {analysis.name: digest(adapter(analysis.result).json_schema()) for analysis in pipeline.analyses},
        "prompts": {name: prompt.sha256 for name, prompt in used.templates.items()},
        "codebooks": list_codebooks(pipeline.analyses, used.options),
        "targets": used.options.targets,
        "blind": used.blind,
        "calls": pipeline.calls,
        "limits": asdict(pipeline.limits),
        "judging": asdict(judge.judging) if judge else None,
        "max_output_tokens": used.max_output_tokens,
        "temperature": used.temperature,
        "seed": used.seed,
    }


def shortened(told: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a line of a file, some 500 characters: what is more than a word or a number as its hash."""
    return {
        name: {"sha256": digest(value)} if isinstance(value, (Mapping, list, tuple)) else value
        for name, value in told.items()
    }


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """What is not the same in two that are shortened, in words."""
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    return ", ".join(_told(name, before.get(name), now.get(name)) for name in names)


def _told(name: str, before: Any, now: Any) -> str:
    hashed = isinstance(before, dict) or isinstance(now, dict)
    return name if hashed else f"{name} ({before!r} before, {now!r} now)"


def digest(value: Any) -> str:
    """A hash of 12 hex digits of what JSON can hold."""
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:12]
