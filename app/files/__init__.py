"""Files kept by the SHA-256 of their bytes: written once, never changed."""
