"""What is written in conversations, as core keeps, finds and shows it to its readers."""

from __future__ import annotations

from core.api import ContentType
from plugins.messages import report_queries, showing
from plugins.messages.operations import MESSAGE, REPORT, THREAD
from plugins.messages.words import _l

CONTENTS = (
    ContentType(
        kind=THREAD, title=_l("Conversation"), views=showing.thread_views,
        searched=showing.thread_texts,
    ),
    ContentType(
        kind=MESSAGE, title=_l("Private message"), views=showing.message_views,
        bodies=showing.message_bodies, within=showing.threads_of,
    ),
    ContentType(kind=REPORT, title=_l("Report"), views=report_queries.report_views),
)  # fmt: skip
