"""Core's own kind of content: the comment."""

from core.contents.comments import KIND, comment_bodies, comment_targets, comment_views
from core.contract.manifest import ContentType
from core.platform.i18n import core_domain

COMMENT = ContentType(
    kind=KIND,
    title=core_domain.lazy("Comment"),
    views=comment_views,
    bodies=comment_bodies,
    within=comment_targets,
)
