"""Invigilators: who sits now, who needs help, and decisions about an attempt, each with its reason."""
