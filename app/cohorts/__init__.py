"""Programmes, cohorts, rosters, records and exports."""
