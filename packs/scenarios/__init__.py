"""Scenarios: named stories that a tester asks for, as data that a pack can carry."""
