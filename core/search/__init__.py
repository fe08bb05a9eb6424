"""Search: one index of what people wrote, two engines, and rights read from the living rows."""
