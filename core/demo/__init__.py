"""The demo: one site, five communities, forty people, and something under way in every plugin.

Core makes the people and places; each plugin brings its own content by ``demo_content``.
"""

from core.demo.build import Cast, SignIn, build, is_built, is_empty, sign_ins

__all__ = ["Cast", "SignIn", "build", "is_built", "is_empty", "sign_ins"]
