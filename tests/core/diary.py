"""A plugin with two forms of activity, as tests of core need one; core knows nothing of it."""

SOURCE = """
import os
from datetime import timedelta

from flask import Blueprint, render_template_string
from wtforms import StringField
from wtforms.validators import Optional

from core.api import (
    MEMBER, STAFF, Activity, ActivityForm, ActivityType, Capability, DomainError, Mount, NavItem,
    Plugin, Scope, Summary, db, hookimpl, operation, public, utcnow,
)

blueprint = Blueprint("diary", __name__)
SETTINGS = {}
NEWS = {}
ASKED = []


@blueprint.get("/")
@public
def show(activity: Activity):
    return render_template_string(
        "{% extends 'layout.html' %}{% import 'activities/header.html' as h %}"
        "{% block page_header %}{{ h.header() }}{% endblock %}{% block main %}DIARY{% endblock %}"
    )


class DiaryForm(ActivityForm):
    motto = StringField("Motto", [Optional()])


def saved(actor, activity, form):
    if form is not None:
        if form.motto.data == "refused":
            raise DomainError("This motto is refused.")
        SETTINGS[activity.id] = form.motto.data


def settings(activity):
    return {"motto": SETTINGS.get(activity.id, "")}


def summaries(activities, viewer):
    ASKED.append(len(activities))
    return {a.id: Summary(**NEWS[a.id]) for a in activities if a.id in NEWS}


def unread(activities, viewer):
    return {a.id: NEWS[a.id].get("unread", 0) for a in activities if a.id in NEWS}


def form(key, title, plural, icon, hue):
    return ActivityType(
        key=key, title=title, plural=plural, icon=icon, hue=hue, home="diary.show",
        form=DiaryForm, saved=saved, settings=settings, summaries=summaries, unread=unread,
        description=f"What a {key} is for.",
    )


@hookimpl
def plugin_manifest():
    return Plugin(
        name="diary", title="Diary", version="1.0",
        activity_types=(
            form("notebook", "Notebook", "Notebooks", "journal-text", "blue"),
            form("quiz", "Quiz", "Quizzes", "bar-chart", "yellow"),
        ),
        mounts=(Mount(blueprint, Scope.ACTIVITY),),
    )


@hookimpl
def nav_items(community, viewer):
    if community is not None:
        yield NavItem("Diary of the day", f"/c/{community.slug}/", "sun", badge=3)
"""
