"""What happens in forums: the kinds of events this plugin records."""

from plugins.forum.words import _l

TOPIC_OPENED = "forum.topic_opened"
REPLIED = "forum.replied"
EDITED = "forum.edited"
ANSWERED = "forum.answered"
DECIDED = "forum.decided"
REOPENED = "forum.reopened"
ARRANGED = "forum.arranged"
MOVED = "forum.moved"
MERGED = "forum.merged"
SPLIT = "forum.split"
SECTIONS_CHANGED = "forum.sections_changed"
PROBLEM_PLANNED = "forum.problem_planned"
PROBLEM_OPENED = "forum.problem_opened"
PROBLEM_CANCELLED = "forum.problem_cancelled"

KINDS = {
    TOPIC_OPENED: _l("Opened a discussion"),
    REPLIED: _l("Replied in a discussion"),
    EDITED: _l("Edited a post"),
    ANSWERED: _l("Marked an answer"),
    DECIDED: _l("Closed a discussion with a decision"),
    REOPENED: _l("Opened a decided discussion again"),
    ARRANGED: _l("Pinned, locked or released a discussion"),
    MOVED: _l("Moved a discussion"),
    MERGED: _l("Merged two discussions"),
    SPLIT: _l("Split a discussion"),
    SECTIONS_CHANGED: _l("Changed the sections"),
    PROBLEM_PLANNED: _l("Planned a problem for the agenda"),
    PROBLEM_OPENED: _l("Opened a problem of the agenda"),
    PROBLEM_CANCELLED: _l("Cancelled a problem of the agenda"),
}
