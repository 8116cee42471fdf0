"""A page as a person can look at it, with what was read of it marked in place."""
