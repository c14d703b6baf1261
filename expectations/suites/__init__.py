"""The suites of both doors, as data; nothing here imports Great Expectations."""
