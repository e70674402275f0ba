"""The chapter on actors: the bodies that take part in measures."""
