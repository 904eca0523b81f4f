"""Correct how a question is graded, look at what that does, and only then do it."""
