"""The test kit, for our own plugins and strangers' alike; loaded as a pytest plugin."""
