"""The ``sreda`` command: the first code of every process.

Nothing but the standard library is imported here. ``sreda run`` has to patch the process for
gevent before any other import, or half of it would wait the old way and stop everybody.
"""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run one command; what cannot be done is said in a sentence, with exit status 1."""
    # Held off until the application is made, see core/platform/garbage.py.
    gc.disable()
    if sys.argv[1:2] == ["run"]:
        from gevent import monkey

        monkey.patch_all()
    from core.commands import run_command

    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    main()
