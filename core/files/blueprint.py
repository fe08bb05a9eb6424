"""The blueprint of the room: uploads come in here and go out."""

from flask import Blueprint

files = Blueprint("files", __name__)
