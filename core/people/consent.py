"""The consent to the processing of personal data: which wording somebody agreed to."""

from __future__ import annotations

# Changes together with the wording of `people/consent_text.html`; kept in the event of registering.
VERSION = "2026-11"
