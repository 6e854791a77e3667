"""SmartSandbox record-replay: captured API traffic made safe, published as packs and fixtures, and played back."""

__version__ = "0.1.0"
