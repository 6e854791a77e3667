"""The HTTP API, one noun a file. A route parses, calls `service`, and answers; it decides nothing."""
