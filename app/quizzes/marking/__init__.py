"""Marking by people: answers that wait, each shown without a word about whose it is."""
