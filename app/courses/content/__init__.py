"""The files under ``content/``: their schema, their faults with line and column, and what they hold."""
