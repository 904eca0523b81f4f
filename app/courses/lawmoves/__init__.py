"""When law moves: which passages and questions rest on it, who looks at them, and what readers are told."""
