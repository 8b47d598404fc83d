"""`python -m mailcase` is `mailcase`."""

from mailcase.cli import main

main()
