"""The life of certificates: issued in batches, running out, renewed, touched by a law that moves."""
