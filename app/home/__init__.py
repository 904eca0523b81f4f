"""Read-only pages across domains: each role's first page."""
