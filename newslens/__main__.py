"""`python -m newslens`."""

from newslens.cli import main

main()
