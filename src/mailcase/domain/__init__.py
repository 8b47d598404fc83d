"""The desk's nouns as immutable values and its laws as pure functions: no I/O, no clock, no randomness."""
