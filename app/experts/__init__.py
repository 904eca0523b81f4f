"""Applications, review, decision, appointment: the pool."""
