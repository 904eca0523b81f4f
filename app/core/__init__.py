"""What every domain stands on: database, errors, access, clock, forms, languages."""
