"""``python -m passrole.cli`` is the ``passrole`` command."""

from passrole.cli import main

main()
