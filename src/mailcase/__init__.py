"""mailcase: support mailboxes as a service desk, worked entirely by email."""

__version__ = "0.1.0"
