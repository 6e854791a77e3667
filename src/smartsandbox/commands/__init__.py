"""One command of `smartsandbox` a file; `cli` knows where each is."""
