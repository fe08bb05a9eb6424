"""What kinds, policies and states of communities are called."""

from core.communities.models import Admission, CommunityState, Kind, MembershipState, Visibility
from core.platform.i18n import core_domain

_l = core_domain.lazy

KINDS = {
    Kind.SUBJECT: _l("One subject"),
    Kind.MULTI_SUBJECT: _l("Several subjects"),
    Kind.BEYOND_SUBJECTS: _l("Beyond subjects"),
}
VISIBILITIES = {
    Visibility.PUBLIC: _l("Public: everybody can read, members can write"),
    Visibility.LISTED: _l("Listed: everybody knows of it, members read and write"),
    Visibility.PRIVATE: _l("Private: only members know of it"),
}
SHORT_VISIBILITIES = {
    Visibility.PUBLIC: _l("open for reading"),
    Visibility.LISTED: _l("for members"),
    Visibility.PRIVATE: _l("private"),
}
ADMISSIONS = {
    Admission.OPEN: _l("Open: whoever accepts the rules is a member at once"),
    Admission.REQUEST: _l("By request: a coordinator decides"),
}
STATES = {
    CommunityState.DRAFT: _l("Being prepared"),
    CommunityState.ACTIVE: _l("Open"),
    CommunityState.LIQUIDATED: _l("Ended"),
}
MEMBERSHIPS = {
    MembershipState.REQUESTED: _l("Request sent"),
    MembershipState.ACTIVE: _l("You are a member"),
    MembershipState.REFUSED: _l("Request refused"),
    MembershipState.EXCLUDED: _l("You were excluded"),
}
