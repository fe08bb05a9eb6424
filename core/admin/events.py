"""What administrators do: the kinds of events this room records."""

from core.platform.i18n import core_domain

_l = core_domain.lazy

PLUGIN_SWITCHED = "admin.plugin_switched"
PLUGIN_SETTINGS_CHANGED = "admin.plugin_settings_changed"
PLUGIN_LEFT_OUT = "admin.plugin_left_out"
PLUGIN_REMOVED = "admin.plugin_removed"
SCHOOL_SAVED = "admin.school_saved"
JOB_FORGOTTEN = "admin.job_forgotten"

KINDS = {
    PLUGIN_SWITCHED: _l("Switched a plugin on the site"),
    PLUGIN_SETTINGS_CHANGED: _l("Changed the settings of a plugin"),
    PLUGIN_LEFT_OUT: _l("A plugin failed again and again"),
    PLUGIN_REMOVED: _l("Removed a plugin with everything of it"),
    SCHOOL_SAVED: _l("Saved a school"),
    JOB_FORGOTTEN: _l("Gave up a failed job"),
}
