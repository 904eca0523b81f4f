"""Who did what to what, when: appended in the transaction of the deed, never changed."""
