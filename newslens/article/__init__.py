"""A pasted page: which of its lines are title, byline, heading and story, and which are not the story."""
