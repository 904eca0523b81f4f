"""Jurisdictions, legal instruments and decisions; glossary; search."""
