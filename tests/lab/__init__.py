"""Real and scripted servers for the tests: all on loopback, all private, all stopped at the end."""
