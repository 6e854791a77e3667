"""Erasing one person from raw traces and captures: who is meant, which exchanges concern them, what is done."""
