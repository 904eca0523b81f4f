"""Criteria, issue, documents, status, verification."""
