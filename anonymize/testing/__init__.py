"""Shipped helpers for tests and trials of the privacy boundary: encodings that nest, planted canaries, and a search for
them that shares no code with what it checks."""
