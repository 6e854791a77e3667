"""Driving WebSockets: the handshake, the client's end of a recorded conversation, and what the target said."""
