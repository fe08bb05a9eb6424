"""What administrators do: the kinds of events this room records."""

from core.platform.i18n import core_domain

_l = core_domain.lazy

PLUGIN_SWITCHED = "admin.plugin_switched"
SCHOOL_SAVED = "admin.school_saved"
JOB_FORGOTTEN = "admin.job_forgotten"

KINDS = {
    PLUGIN_SWITCHED: _l("Switched a plugin on the site"),
    SCHOOL_SAVED: _l("Saved a school"),
    JOB_FORGOTTEN: _l("Gave up a failed job"),
}
