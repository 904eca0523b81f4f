"""Pure rules of studying: one module a capability."""
