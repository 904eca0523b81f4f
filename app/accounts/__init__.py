"""People, sign-in, sessions, and roles scoped to an organisation."""
