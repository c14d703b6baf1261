"""What looks back: rows for the baseline, a pilot, a score and a simulation."""
