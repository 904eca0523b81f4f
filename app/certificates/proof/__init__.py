"""Proofs, and how anybody checks them: no database, no web, no configuration, only public keys.

Everything here also runs alone (``python -m app.certificates.proof``, or the one-file program that
``flask certificates verifier`` writes) with cryptography, asn1crypto and PyLD beside it.
"""
