"""Steps that are made of the office's own objects: ring groups, the menu; and their lists on any step's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue

from appliance.office.declared.catalogue import SUBJECT_OF
from appliance.operations import proofs
from appliance.operations.objects import Listed
from wizard.console.jobs import follow
from wizard.current import office, operations
from wizard.first_boot.frame import question
from wizard.first_boot.steps import StepName

groups = Blueprint("groups", __name__, url_prefix="/setup/groups")
menu = Blueprint("menu", __name__, url_prefix="/setup/menu")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectList:
    """What the office has of a kind; `is_one`: it has one at most. `proven`: the names of those seen to work."""

    kind: str
    is_one: bool
    rows: Sequence[Listed]
    proven: frozenset[str] = frozenset()


def subject_lists(kinds: Sequence[str]) -> tuple[SubjectList, ...]:
    """Return what the office has of these kinds."""
    listed = operations().objects.listed
    return tuple(SubjectList(kind=kind, is_one=SUBJECT_OF[kind].is_one, rows=listed(kind)) for kind in kinds)


@groups.get("")
def groups_page() -> ResponseReturnValue:
    """Show the ring groups, each with its test."""
    subjects = {proofs.ring_group(one.id): one.id for one in office().ring_groups}
    return _show(StepName.GROUPS, "ring_group", "groups.ring_group", subjects)


@groups.post("/<name>/prove")
def ring_group(name: str) -> ResponseReturnValue:
    """Ring a group."""
    if name not in {one.id for one in office().ring_groups}:
        abort(404)
    return follow(lambda: operations().long_acts.ring_group(name), url_for("groups.groups_page"))


@menu.get("")
def menu_page() -> ResponseReturnValue:
    """Show the menus, each with its test."""
    subjects = {proofs.attendant(one.id): one.id for one in office().attendants}
    return _show(StepName.MENU, "attendant", "menu.call_menu", subjects)


@menu.post("/<name>/prove")
def call_menu(name: str) -> ResponseReturnValue:
    """Call a menu."""
    if name not in {one.id for one in office().attendants}:
        abort(404)
    return follow(lambda: operations().long_acts.call_menu(name), url_for("menu.menu_page"))


def _show(step: StepName, kind: str, prove: str, subjects: dict[str, str]) -> str:
    proven = frozenset(subjects[one] for one in operations().steps.seen(subjects.keys()))
    (found,) = subject_lists((kind,))
    shown = SubjectList(kind=kind, is_one=False, rows=found.rows, proven=proven)
    return question(step, "subjects.html", lists=(shown,), prove=prove)
