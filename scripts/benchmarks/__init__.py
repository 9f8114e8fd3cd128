"""What docs/performance.md says, measured. One module per subject, each with ``measure()``, which
returns the rows of the table: (what, figure, limit)."""
