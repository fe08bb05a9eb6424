"""Addresses within the site, kept once built: a page holds forty of them, mostly the same ones.

What leaves the site (letters, feeds, calendar files) holds whole ones, see :func:`absolute`.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask, Request, has_request_context
from werkzeug.routing import MapAdapter

from core.config import Config, current
from core.platform.current import current_request

# Addresses without a query are as many as there are pages; this many are kept in a process.
KEPT = 20_000
PLAIN = frozenset({str, int})
# Whose defaults Flask keeps under this name.
OF_THE_SITE = {None}


def absolute(address: str) -> str:
    """The whole address of a page, by the name that the settings give the site."""
    return urljoin(f"{current().base_url}/", address)


class KeepsAddresses(Flask):
    """Flask whose ``url_for`` builds an address of the site from the same words only once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[tuple[Any, ...], str] = {}

    def url_for(
        self,
        /,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """As Flask does. What depends on more than the words given is built anew every time."""
        if _anchor or _method or _scheme or _external or not has_request_context():
            if not has_request_context() and _external is None:
                _external = _scheme is not None
            options: dict[str, Any] = {
                "_anchor": _anchor, "_method": _method, "_scheme": _scheme, "_external": _external,
            }  # fmt: skip
            return super().url_for(endpoint, **options, **values)
        request = current_request()
        if endpoint.startswith("."):
            endpoint = f"{request.blueprint or ''}{endpoint}".removeprefix(".")
        self.inject_url_defaults(endpoint, values)
        if None in values.values():
            # It stands for what is left out.
            values = {name: value for name, value in values.items() if value is not None}
        if not PLAIN.issuperset(map(type, values.values())):
            return super().url_for(endpoint, **values)
        key = (request.root_path, endpoint, *values.items())
        address = self._addresses.get(key)
        if address is None:
            address = super().url_for(endpoint, **values)
            self._keep(key, address)
        return address

    def inject_url_defaults(self, endpoint: str, values: dict[str, Any]) -> None:
        """As Flask does, without taking the endpoint apart where no blueprint fills anything in."""
        if self.url_default_functions.keys() != OF_THE_SITE:
            super().inject_url_defaults(endpoint, values)
            return
        for fill in self.url_default_functions[None]:
            fill(endpoint, values)

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """In jobs, where nobody asks for a page, addresses are those that a page would have."""
        config: Config | None = self.config.get("SREDA")
        if request is not None or config is None:
            return super().create_url_adapter(request)
        base = urlsplit(config.base_url)
        return self.url_map.bind(base.netloc, base.path or "/", url_scheme=base.scheme)

    def _keep(self, key: tuple[Any, ...], address: str) -> None:
        if len(self._addresses) >= KEPT:
            self._addresses.clear()
        if "?" not in address:
            self._addresses[key] = address
