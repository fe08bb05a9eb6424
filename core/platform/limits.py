"""How often one may: rate limits for sign-in, registration, reset, posting and the like.

Counted in Redis when there is one, so that several services count together, else in this process.
"""

import logging
import time
from math import ceil
from typing import cast

from flask import Flask, current_app
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from core import config
from core.errors import TooManyRequests
from core.platform.i18n import core_domain

ngettext = core_domain.ngettext

EXTENSION = "sreda.limits"
FALLBACK = f"{EXTENSION}.fallback"
MINUTE = 60

log = logging.getLogger(__name__)


def limit(name: str, rate: str, *keys: str) -> None:
    """Count one more ``name`` for these keys, or raise :class:`TooManyRequests`.

    ``rate`` is written "10/minute" or "5 per 15 minutes"; the window moves, and the site's
    ``SREDA_RATE_FACTOR`` lets more through. A refused call is not counted. Call it in the entry
    point, before the operation: with Redis it waits for the network.
    """
    settings = config.current()
    item = _times(settings.rate_factor, parse(rate))
    counter = _counter(current_app, EXTENSION, settings.redis_url)
    identifiers = (name, *keys)
    try:
        allowed = counter.hit(item, *identifiers)
    except StorageError:
        log.exception("counting %s in this process: the shared storage does not answer", name)
        counter = _counter(current_app, FALLBACK)
        allowed = counter.hit(item, *identifiers)
    if not allowed:
        raise _refusal(counter, item, identifiers)


def reset(app: Flask) -> None:
    """Forget what was counted in this process (every test starts so)."""
    for key in (EXTENSION, FALLBACK):
        app.extensions.pop(key, None)


def _times(factor: int, item: RateLimitItem) -> RateLimitItem:
    return type(item)(item.amount * factor, item.multiples, item.namespace)


def _counter(app: Flask, key: str, redis_url: str = "") -> MovingWindowRateLimiter:
    counter: MovingWindowRateLimiter | None = app.extensions.get(key)
    if counter is None:
        # Two requests may come here at once; both go on with the same one.
        counter = app.extensions.setdefault(key, MovingWindowRateLimiter(_storage(redis_url)))
    return counter


def _storage(redis_url: str) -> Storage:
    storage = storage_from_string(redis_url or "memory://", wrap_exceptions=True)
    return cast(Storage, storage)  # the other kind is for asyncio, by other addresses


def _refusal(
    counter: MovingWindowRateLimiter, item: RateLimitItem, identifiers: tuple[str, ...]
) -> TooManyRequests:
    seconds = max(1, ceil(counter.get_window_stats(item, *identifiers).reset_time - time.time()))
    return TooManyRequests(_sentence(seconds), retry_after=seconds)


def _sentence(seconds: int) -> str:
    if seconds < MINUTE:
        return ngettext(
            "That was too often. Please try again in %(n)s second.",
            "That was too often. Please try again in %(n)s seconds.",
            seconds,
        )
    return ngettext(
        "That was too often. Please try again in %(n)s minute.",
        "That was too often. Please try again in %(n)s minutes.",
        ceil(seconds / MINUTE),
    )
