"""`python -m alchemist`."""

from alchemist.cli import main

main()
