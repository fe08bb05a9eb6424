"""Addresses from outside: e-mail addresses in one spelling, and pages to go on to."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST = 254
LOCAL_PART = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x20]{1,64}")
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def normal_email(raw: str) -> str | None:
    """The one spelling of an e-mail address that is stored and compared; None if it is none.

    Case does not tell people apart, and a Cyrillic domain is kept in its ASCII form.
    """
    local, at, domain = raw.strip().lower().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    address = f"{local}@{domain}"
    good = at and LOCAL_PART.fullmatch(local) and DOMAIN.fullmatch(domain)
    return address if good and len(address) <= LONGEST else None


def same_site_path(raw: str | None) -> str | None:
    """A path of this site to go on to, or None where the address would lead anywhere else.

    Browsers take ``//host``, ``/\\host`` and addresses with control characters in them for other
    sites, so none of these is a path.
    """
    if not raw or not raw.startswith("/") or raw.startswith("//") or "\\" in raw:
        return None
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in raw):
        return None
    try:
        parts = urlsplit(raw)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else raw
