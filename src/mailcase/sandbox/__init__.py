"""The embedded mail servers of the demo."""
