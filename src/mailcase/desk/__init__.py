"""The use cases of the desk: one function each, given a transaction and the time. Read `intake` first."""
