"""The append-only log of what was issued and what became of it: RFC 6962, served as C2SP tiles."""
