"""Previews as a trainee."""
