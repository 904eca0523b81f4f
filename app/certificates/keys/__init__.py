"""The keys that documents, credentials and the log are signed with, and who holds them."""
