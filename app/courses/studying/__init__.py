"""For the learner, from the same source: terms, search, notes, questions, spaced review, a study document."""
