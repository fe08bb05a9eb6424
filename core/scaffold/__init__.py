"""What ``sreda plugins new`` makes: a plugin that works, to be changed into the one that is wanted.

The files are templates (``*.in``) with a few names in them; ``tests/test_scaffold.py`` holds what
they give against the contract, ruff and mypy.
"""
