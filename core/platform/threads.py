"""What would stop the event loop of the server, or wait for ever in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from gevent import Timeout, get_hub
from gevent.monkey import is_module_patched

P = ParamSpec("P")
R = TypeVar("R")


def off_loop(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result of ``work``, which may neither touch the request nor the database.

    Under the server other pages go on meanwhile; elsewhere it is an ordinary call.
    """
    if is_module_patched("socket"):
        result: R = get_hub().threadpool.apply(work, args, kwargs)
        return result
    return work(*args, **kwargs)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Raise TimeoutError when what is waited for takes longer. Under the server alone: elsewhere
    nothing that waits can be interrupted."""
    if not is_module_patched("socket"):
        yield
        return
    with Timeout(seconds, TimeoutError()):
        yield
