"""When Python looks for garbage: not while a process starts, and never unasked while it serves.

It looks whenever enough has been made, through everything that it did not know to stay. A start
makes half a million objects that all do, and eight looks were a third of it; with a thousand
browsers connected, one stops everybody for 0.15 s.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

# New objects before what is new is looked through, such looks before one through what outlived
# them, and those before everything is, which so never comes by itself.
BUSY = (10_000, 20, 1_000_000)
# Seconds between two looks through everything.
SWEEP = 600.0


def resume() -> None:
    """The application is made: look for garbage as usual, though not in what is there by now. The
    first line of a process (``core/cli.py``) held that off."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def serve_undisturbed(rest: Callable[[float], None]) -> None:
    """For the process that serves, beside everything else and as long as it lives."""
    gc.freeze()
    gc.set_threshold(*BUSY)
    while True:
        rest(SWEEP)
        gc.collect()
