"""Findings in the formats of annotation tools, and people's corrections read back from them.

One module a format: `label_studio`, `doccano`, `web_annotation`. Each writes plain data for `json.dump` and has a
`corrected(reports, exported)`, which takes what `json.load` gives of the tool's export and tells what people changed,
by the hash of the article. A finding without evidence is nowhere to be marked: it stays out and is left as it is.
"""
