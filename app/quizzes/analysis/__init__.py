"""Item analysis: what the answers say about the questions. Figures of groups only, never of a person."""
