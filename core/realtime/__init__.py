"""Real time: sockets of plugins, streams without gaps, pages that are up to date."""
