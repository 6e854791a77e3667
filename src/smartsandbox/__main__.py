"""`python -m smartsandbox`: the command line, for a place where the script is not on the path."""

from __future__ import annotations

from smartsandbox.cli import main

main()
