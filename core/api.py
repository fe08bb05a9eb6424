"""The one door for plugins: what is listed in ``__all__`` is the promise that core keeps.

A plugin imports this module and itself, nothing else of core and no other plugin.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.access.actors import (
    SYSTEM,
    TINTS,
    Actor,
    Viewer,
    current_viewer,
    full_name,
    initials,
    short_name,
)
from core.access.guard import ensure, ensure_open, members_only
from core.access.marks import SIGNED_IN, lasting, public, requires, signed_in, webhook
from core.access.standing import can, decide, over_because, role_title, standing_of
from core.activities.forms import ActivityForm
from core.activities.mine import mine, own_activity_ids
from core.activities.models import Activity, ActivityState
from core.activities.operations import Term, create_activity
from core.activities.queries import activities_by_id, is_available
from core.calendar.feeds import calendar_download
from core.calendar.ics import CalendarMethod, calendar_file
from core.communities.acquaintance import (
    acquaintances,
    acquaintances_named,
    known_to,
    shared_communities,
)
from core.communities.audience import (
    Audience,
    AudienceChoices,
    audience_choices,
    people_of,
)
from core.communities.faces import Face, face_columns, face_of
from core.communities.feeds import feed
from core.communities.models import Community
from core.communities.readers import (
    able_to,
    belongs,
    holders_at,
    readers_among,
    readers_matching,
    roles_in,
)
from core.contents.actions import actions_under, content_at, visible_among
from core.contents.among import communities_with_rights
from core.contents.attachments import attach, attachments_of
from core.contents.comments import add_comment, comments_of
from core.contents.drafts import draft_in, drafts_at, drop_draft, save_draft
from core.contents.models import Content
from core.contents.naming import names_person, without_person
from core.contents.operations import (
    Written,
    approve,
    forget_former,
    hide,
    new_content,
    new_contents,
    note_revision,
    restore,
    sent_before,
)
from core.contents.places import is_outsider, published_content, visible_to
from core.contents.queries import content_views, must_wait
from core.contents.reactions import SIGNS, Reactions, react, reactions_of
from core.contents.readers import keep_from, let_read
from core.contents.removal import remove_contents
from core.contract.former import Former, former_name
from core.contract.hookspecs import hookimpl, hookspec
from core.contract.manifest import (
    EVERYBODY,
    FACILITATOR,
    GUEST,
    MANAGER,
    MEMBER,
    MEMBERS,
    STAFF,
    ActivityType,
    CalendarItem,
    Capability,
    ContentAction,
    ContentType,
    ContentView,
    DataRecord,
    Job,
    Mount,
    NavItem,
    Periodic,
    Plugin,
    RoleTemplate,
    Scope,
    SearchText,
    Summary,
    Verdict,
)
from core.contract.models import switched_on
from core.contract.notices import Channel, Level, News, NoticeKind
from core.contract.registry import ask
from core.contract.settings import settings_of
from core.errors import Conflict, DomainError, Missing, Refused, TooLarge
from core.events.log import Event, record
from core.files.forms import AttachmentsField
from core.files.handing import hand_out
from core.files.kinds import FileKind
from core.files.models import File
from core.files.store import save_file
from core.files.thumbnails import address as file_address
from core.files.thumbnails import sizes_of
from core.files.zipping import send_zip
from core.jobs.outbox import enqueue
from core.notices.following import follow, following_of
from core.notices.operations import mark_told, note_seen, untell
from core.notices.telling import notify, reach_of
from core.people.actions import actions_with
from core.people.models import School, User
from core.platform.addresses import absolute
from core.platform.arriving import row_number
from core.platform.atom import FeedEntry
from core.platform.conditions import among, at_most, given, insert_given, one_of
from core.platform.dates import current_zone, timestamp, zone_title
from core.platform.db import (
    HOLD,
    Base,
    Moment,
    after_commit,
    db,
    entities,
    operation,
    rows,
    upsert,
    utcnow,
)
from core.platform.forms import DayField, Form, LocalDateTimeField, RichTextField, SubmissionField
from core.platform.html import clean, excerpt, from_text, is_blank, plain
from core.platform.i18n import Domain, current_locale, use_locale
from core.platform.limits import limit
from core.platform.paging import Page, paginate
from core.platform.policy import page_may_use
from core.platform.sealing import SealBroken, seal, unseal
from core.platform.submit import attempt, status_of
from core.platform.tables import csv_file
from core.platform.words import contains_words
from core.realtime.live import changed, changed_for
from core.realtime.namespaces import ActivityNamespace
from core.realtime.rights import rights_changed
from core.realtime.streams import Entry, HeldStream, Stream
from core.realtime.together import together
from core.search.changes import search_again

__all__ = [
    "EVERYBODY",
    "FACILITATOR",
    "GUEST",
    "HOLD",
    "MANAGER",
    "MEMBER",
    "MEMBERS",
    "SIGNED_IN",
    "SIGNS",
    "STAFF",
    "SYSTEM",
    "TINTS",
    "Activity",
    "ActivityForm",
    "ActivityNamespace",
    "ActivityState",
    "ActivityType",
    "Actor",
    "AttachmentsField",
    "Audience",
    "AudienceChoices",
    "Base",
    "CalendarItem",
    "CalendarMethod",
    "Capability",
    "Channel",
    "Community",
    "Conflict",
    "Content",
    "ContentAction",
    "ContentType",
    "ContentView",
    "DataRecord",
    "DayField",
    "Domain",
    "DomainError",
    "Entry",
    "Event",
    "Face",
    "FeedEntry",
    "File",
    "FileKind",
    "Form",
    "HeldStream",
    "Job",
    "Level",
    "LocalDateTimeField",
    "Missing",
    "Moment",
    "Mount",
    "NavItem",
    "News",
    "NoticeKind",
    "Page",
    "Periodic",
    "Plugin",
    "Reactions",
    "Refused",
    "RichTextField",
    "RoleTemplate",
    "School",
    "Scope",
    "SealBroken",
    "SearchText",
    "Stream",
    "SubmissionField",
    "Summary",
    "Term",
    "TooLarge",
    "User",
    "Verdict",
    "Viewer",
    "Written",
    "able_to",
    "absolute",
    "acquaintances",
    "acquaintances_named",
    "actions_under",
    "actions_with",
    "activities_by_id",
    "add_comment",
    "after_commit",
    "among",
    "approve",
    "ask",
    "at_most",
    "attach",
    "attachments_of",
    "attempt",
    "audience_choices",
    "belongs",
    "calendar_download",
    "calendar_file",
    "can",
    "changed",
    "changed_for",
    "clean",
    "comments_of",
    "communities_with_rights",
    "contains_words",
    "content_at",
    "content_views",
    "create_activity",
    "csv_file",
    "current_locale",
    "current_viewer",
    "current_zone",
    "db",
    "decide",
    "draft_in",
    "drafts_at",
    "drop_draft",
    "enqueue",
    "ensure",
    "ensure_open",
    "entities",
    "excerpt",
    "face_columns",
    "face_of",
    "feed",
    "file_address",
    "follow",
    "following_of",
    "forget_former",
    "from_text",
    "full_name",
    "given",
    "hand_out",
    "hide",
    "holders_at",
    "hookimpl",
    "hookspec",
    "initials",
    "insert_given",
    "is_available",
    "is_blank",
    "is_outsider",
    "keep_from",
    "known_to",
    "lasting",
    "let_read",
    "limit",
    "mark_told",
    "members_only",
    "mine",
    "must_wait",
    "names_person",
    "new_content",
    "new_contents",
    "note_revision",
    "note_seen",
    "notify",
    "one_of",
    "operation",
    "over_because",
    "own_activity_ids",
    "page_may_use",
    "paginate",
    "people_of",
    "plain",
    "public",
    "published_content",
    "reach_of",
    "react",
    "reactions_of",
    "readers_among",
    "readers_matching",
    "record",
    "remove_contents",
    "requires",
    "restore",
    "rights_changed",
    "role_title",
    "roles_in",
    "row_number",
    "rows",
    "save_draft",
    "save_file",
    "seal",
    "search_again",
    "send_zip",
    "sent_before",
    "settings_of",
    "shared_communities",
    "short_name",
    "signed_in",
    "sizes_of",
    "standing_of",
    "status_of",
    "switched_on",
    "timestamp",
    "together",
    "unseal",
    "untell",
    "upsert",
    "use_locale",
    "utcnow",
    "visible_among",
    "visible_to",
    "webhook",
    "without_person",
    "zone_title",
]

# Names that are on their way out. Each stays for one minor version after the one that took it out
# of the list above, and warns whoever still uses it.
FORMER: Mapping[str, Former] = {}


if not TYPE_CHECKING:
    # Out of mypy's sight: it would take every misspelt name for one of these.
    def __getattr__(name: str) -> Any:
        return former_name(FORMER, name)
