"""From an article to results: the words of a question, parts that fit a window, answers, merging, what is missing."""
