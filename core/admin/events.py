"""What administrators do: the kinds of events this room records."""

PLUGIN_SWITCHED = "admin.plugin_switched"
SCHOOL_SAVED = "admin.school_saved"

KINDS = (PLUGIN_SWITCHED, SCHOOL_SAVED)
