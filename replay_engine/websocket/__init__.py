"""WebSockets as both sides of the engine see them: what was said, whose turn it is, and the frames."""
