"""Experts: applications to the pool, review by one and decision by another, appointments, the pool itself."""
