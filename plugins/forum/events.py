"""What happens in forums: the kinds of events this plugin records."""

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

KINDS = (
    TOPIC_OPENED, REPLIED, EDITED, ANSWERED, DECIDED, REOPENED, ARRANGED, MOVED, MERGED, SPLIT,
    SECTIONS_CHANGED, PROBLEM_PLANNED, PROBLEM_OPENED, PROBLEM_CANCELLED,
)  # fmt: skip
