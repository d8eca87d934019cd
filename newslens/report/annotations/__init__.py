"""Findings in the formats of annotation tools, and people's corrections read back from them.

`to_…` gives plain data for `json.dump`; `read_…` takes the tool's export as `json.load` gives it, and returns what
people changed (`Correction`) by the hash of the article. A finding without evidence cannot be marked and is left out.
"""

from newslens.report.annotations.doccano import read_doccano, to_doccano
from newslens.report.annotations.label_studio import configure_label_studio, read_label_studio, to_label_studio
from newslens.report.annotations.web_annotation import read_web_annotation, to_web_annotation
from newslens.report.data import Correction, Held

__all__ = [
    "Correction",
    "Held",
    "configure_label_studio",
    "read_doccano",
    "read_label_studio",
    "read_web_annotation",
    "to_doccano",
    "to_label_studio",
    "to_web_annotation",
]
