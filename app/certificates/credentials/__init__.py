"""The credential that a document carries, and the lists that say what became of it."""
