"""Icons as templates draw them: a page shows forty and more, so each is put together once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from markupsafe import Markup

# Made of a template's words alone, so their number is small; labels are translated and add to it.
KEPT = 2048

SVG = Markup('<svg class="icon" width="16" height="16" {}><use href="{}#{}"/></svg>')
SAID = Markup('role="img" aria-label="{}"')
SILENT = Markup('aria-hidden="true"')
TILE = Markup('<span class="{}" aria-hidden="true">{}</span>')

Draw = Callable[..., Markup]


def drawing(sprite: str) -> tuple[Draw, Draw]:
    """``icon(name, label)`` and ``tile(name, hue, size)`` over the sprite at this address."""

    @lru_cache(maxsize=KEPT)
    def icon(name: str, label: str | None = None) -> Markup:
        return SVG.format(SAID.format(label) if label else SILENT, sprite, name)

    @lru_cache(maxsize=KEPT)
    def tile(name: str | None, hue: str | None = "slate", size: str = "") -> Markup:
        classes = f"tile hue-{hue or 'slate'}" + (f" tile-{size}" if size else "")
        return TILE.format(classes, icon(name or "puzzle"))

    return icon, tile
