"""The admin's rules: read from files, checked as a whole, then pure functions from a mail to a decision."""
