"""Large files that arrive in pieces, over broken lines and many days."""
