"""A report as people look at it. Article text is hostile: each view makes it harmless in its own way."""
