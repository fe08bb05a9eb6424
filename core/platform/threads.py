"""What would stop the event loop of the server, or wait for ever in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from gevent import Timeout, get_hub
from gevent.monkey import is_module_patched

P = ParamSpec("P")
R = TypeVar("R")


def off_loop(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result of ``work``, which may neither touch the request nor the database.

    Under the server other pages go on meanwhile; elsewhere it is an ordinary call.
    """
    if is_module_patched("socket"):
        result, error = get_hub().threadpool.apply(_outcome, (work, args, kwargs))
        if error is not None:
            raise error
        done: R = result
        return done
    return work(*args, **kwargs)


def _outcome(work: Callable[..., R], args: Any, kwargs: Any) -> tuple[R | None, Exception | None]:
    """An error is given back and not raised: the pool would print it, expected or not."""
    try:
        return work(*args, **kwargs), None
    except Exception as error:
        return None, error


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Raise TimeoutError when what is waited for takes longer. Under the server alone: elsewhere
    nothing that waits can be interrupted."""
    if not is_module_patched("socket"):
        yield
        return
    with Timeout(seconds, TimeoutError()):
        yield
