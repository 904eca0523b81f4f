"""Certificates: issued once, frozen, numbered without gaps, printed, verified by strangers."""
