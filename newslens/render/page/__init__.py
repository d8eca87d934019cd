"""The parts of a report's HTML: the article with its marks, the findings beside it, and where they come from."""
