"""Work outside the request: a row in the main database is the truth, the queue carries only its id."""
