"""Scores and history: what the past says about a policy's points and weights.

`points` is plain Python; every other module here needs numpy and scikit-learn, so nothing that a
Monday run imports may import this package (import-linter, tests/unit/test_scoring_package.py).
"""
