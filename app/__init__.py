"""Overseas IP Academy: see docs/architecture.md for the layers and where things go."""
