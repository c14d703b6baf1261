"""Canonical bytes, the Merkle log and its signed checkpoints: pure, one crypto library."""
