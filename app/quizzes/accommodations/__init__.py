"""Accommodations: what a person or a group is granted beyond an examination's rules, and the reason."""
