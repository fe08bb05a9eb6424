"""``make load``: how fast the pages are, as requests per second and as ratios within one run."""
