"""All pages of the room: importing this module gives the blueprint its views."""

from core.files import download_views, mine_views, upload_views
from core.files.blueprint import files

__all__ = ("download_views", "files", "mine_views", "upload_views")
