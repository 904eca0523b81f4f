"""Courses in work: drafts are sets of files, merged, checked, published and exported (docs/adr/0006)."""
