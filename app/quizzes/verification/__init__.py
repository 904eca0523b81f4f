"""A candidate's file of receipts against the database, in both directions: nothing missing, nothing altered."""
