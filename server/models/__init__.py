"""The values that the catalogue answers with: the wire format of the HTTP API, one noun a file."""
