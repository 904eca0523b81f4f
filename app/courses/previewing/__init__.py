"""A course as a trainee will see it: any state of its files, at any date, in any cohort. Nothing is written."""
