"""Serving WebSockets."""
