"""Logins of several roles: what each may open, invitations, and an employee's own page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from appliance.operations.accounts import INVITATION_TIME, Role
from tests.edges.edged_box import PASSWORD, USER_NAME, EdgedBox, MakeBox
from tests.offices import two_phones
from tests.unit.wizard.browser import Person
from tests.unit.wizard.test_gate import all_that_is_kept, paths

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_OF_THE_OFFICE = {"place", "company_number", "hours", "employees", "groups", "menu", "backup_route"}
CLOSED_ROOMS = {
    Role.MANAGER: {
        "lines", "network", "firmware", "programs", "logins", "mail_step", "office_file", "phone_password",
    },
    Role.TECHNICIAN: {"messages", "recordings", "switches", "programs", "logins", "office_file", *_OF_THE_OFFICE},
    Role.EMPLOYEE: {
        "home", "live", "jobs", "setup", "hand_over", "explain", "search", "phones", "phone", "by_hand", "objects",
        "lines", "network", "firmware", "messages", "recordings", "switches", "programs", "logins", "mail_step",
        "office_file", "phone_password", *_OF_THE_OFFICE,
    },
}  # fmt: skip
CLOSED_KINDS = {
    Role.MANAGER: ("trunk", "outbound_route", "phone_settings", "mail"),
    Role.TECHNICIAN: ("extension", "number", "call_plan", "contact", "company_voicemail", "site"),
    Role.EMPLOYEE: ("extension", "phone"),
}


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    return make_box(two_phones())


def invited(box: EdgedBox, role: Role, name: str = "kees", extension: str = "") -> Person:
    """Somebody who has taken an invitation up, and is logged in."""
    token = box.operations.accounts.invite(name, role, extension, "nl")
    assert isinstance(token, str)
    person = Person(box, logged_in=False)
    assert person.send(f"/invitation/{token}", {"password": PASSWORD}).status_code == 303
    return person


@pytest.mark.feature("H9", by="page")
@pytest.mark.parametrize("role", [Role.MANAGER, Role.TECHNICIAN, Role.EMPLOYEE])
def test_every_route_and_method_that_is_not_of_a_role_is_closed_to_it_and_changes_nothing(
    box: EdgedBox, role: Role
) -> None:
    person = invited(box, role)
    token = _TOKEN.search(person.see("/password"))
    assert token is not None
    before = all_that_is_kept(box)
    tried = 0
    for endpoint, path in paths(box.app()):
        if endpoint.partition(".")[0] not in CLOSED_ROOMS[role] or endpoint == "home.page":
            continue
        for method in _METHODS:
            answer = person.client.open(path, method=method, data={"csrf_token": token[1]})
            assert answer.status_code in {403, 405}, (method, path)
            tried += answer.status_code == 403
    assert tried >= 10
    for kind in CLOSED_KINDS[role]:
        for path in (f"/settings/{kind}", f"/settings/{kind}/add"):
            assert person.client.get(path).status_code == 403, path
            assert person.client.post(path, data={"csrf_token": token[1]}).status_code == 403, path
    for step in ("menu", "mail") if role is not Role.EMPLOYEE else ():
        is_open = f"{step}_step" not in CLOSED_ROOMS[role] and step not in CLOSED_ROOMS[role]
        passed = person.client.post(f"/setup/pass/{step}", data={"csrf_token": token[1], "reason": ""})
        assert passed.status_code == (303 if is_open else 403)
    if role is not Role.EMPLOYEE:
        back = person.client.post("/settings/history/1", data={"csrf_token": token[1]})
        assert back.status_code == 403
    assert all_that_is_kept(box) == before


@pytest.mark.feature("H9")
@pytest.mark.parametrize("role", list(Role))
def test_no_page_leads_a_role_to_where_it_is_not_let_in(box: EdgedBox, role: Role) -> None:
    box.see()
    person = Person(box) if role is Role.ADMINISTRATOR else invited(box, role, extension="e201")
    waiting, seen = ["/"], set[str]()
    while waiting:
        path = waiting.pop()
        if path in seen or len(seen) > 150:
            continue
        seen.add(path)
        answer = person.client.get(path, follow_redirects=True)
        assert answer.status_code == 200, (role, path, answer.status_code)
        if answer.content_type.startswith("text/html"):
            found = re.findall(r'(?:href|src)="(/[^"#?]*)"', answer.text)
            waiting += [one for one in found if not one.startswith(("/static", "/invitation"))]
    assert len(seen) > (2 if role is Role.EMPLOYEE else 20)


@pytest.mark.feature("H9", by="page")
def test_an_invitation_gives_one_person_a_password_once(box: EdgedBox) -> None:
    manager = Person(box)
    fields = {"user_name": "Jan Jansen", "role": "manager", "extension": "e201", "language": "fr"}
    page = manager.send("/logins", fields).text
    address = re.search(r'id="address">http://localhost(/invitation/[^<]+)<', page)
    assert address is not None
    guest = Person(box, logged_in=False)
    assert guest.send(address[1], {"password": "short"}).status_code == 422
    assert guest.send(address[1], {"password": PASSWORD}).headers["Location"] == "/"
    assert "Vue d’ensemble" in guest.see("/") or "Aperçu" in guest.see("/")
    again = Person(box, logged_in=False)
    assert "al gebruikt" in again.see(address[1]) or "was used" in again.see(address[1])
    assert address[1].rpartition("/")[2] not in manager.see("/logins")


@pytest.mark.feature("H9")
def test_an_invitation_ends_after_its_time_and_by_a_newer_one(box: EdgedBox) -> None:
    accounts = box.operations.accounts
    first = accounts.invite("kees", Role.EMPLOYEE, "", "nl")
    assert isinstance(first, str)
    login = next(one for one in accounts.logins() if one.user_name == "kees")
    second = accounts.invite_again(login.id)
    assert accounts.invited(first) is None
    assert accounts.invited(second) is not None
    box.clock.go_on(INVITATION_TIME.total_seconds())
    assert accounts.invited(second) is None
    problems = accounts.take_up(second, PASSWORD, "192.0.2.1")
    assert isinstance(problems, tuple)
    assert problems[0].rule == "invitation-over"


@pytest.mark.feature("H9", by="page")
def test_who_is_blocked_or_given_another_role_is_logged_out_at_once(box: EdgedBox) -> None:
    manager, kees = Person(box), invited(box, Role.MANAGER)
    login = next(one for one in box.operations.accounts.logins() if one.user_name == "kees")
    assert kees.client.get("/explain").status_code == 200
    blocked = {"role": "manager", "extension": "", "blocked": "yes"}
    manager.send_and_follow(f"/logins/{login.id}", blocked, page="/logins")
    assert kees.client.get("/explain").headers["Location"].startswith("/login")
    assert kees.send("/login", {"user_name": "kees", "password": PASSWORD}).status_code == 422
    manager.send_and_follow(f"/logins/{login.id}", {**blocked, "blocked": ""}, page="/logins")
    assert kees.send("/login", {"user_name": "kees", "password": PASSWORD}).status_code == 303


@pytest.mark.feature("H9")
def test_the_last_administrator_stays_one(box: EdgedBox) -> None:
    person = Person(box)
    (login,) = box.operations.accounts.logins()
    waiting = box.operations.accounts.invite("anna", Role.ADMINISTRATOR, "", "nl")
    assert isinstance(waiting, str)  # invited, and cannot log in yet
    for path, fields in (
        (f"/logins/{login.id}", {"role": "employee", "extension": "", "blocked": ""}),
        (f"/logins/{login.id}", {"role": "administrator", "extension": "", "blocked": "yes"}),
        (f"/logins/{login.id}/remove", {}),
    ):
        assert "laatste beheerder" in person.send_and_follow(path, fields, page="/logins")
    assert box.operations.accounts.logins()[1] == login


@pytest.mark.feature("H9")
@pytest.mark.parametrize("name", [USER_NAME.upper(), "", "x", "y" * 65, "two\nlines"])
def test_a_name_that_cannot_be_is_told_at_its_field(box: EdgedBox, name: str) -> None:
    fields = {"user_name": name, "role": "employee", "extension": "", "language": "nl"}
    answer = Person(box).send("/logins", fields)
    assert (answer.status_code, 'id="user_name-faults"' in answer.text) == (422, True)
    assert len(box.operations.accounts.logins()) == 1


@pytest.mark.feature("E10", by="page")
def test_an_employee_sees_and_sets_the_own_forwards_as_they_really_are(box: EdgedBox) -> None:
    box.switch.store["forward-busy", "e201"] = "202"  # by a code at the phone
    person = invited(box, Role.EMPLOYEE, extension="e201")
    page = person.see("/me")
    assert 'name="forward_busy" type="text" value="202"' in page
    person.send_and_follow("/me", {"forward_always": "0470 12 34 56", "do_not_disturb": "on"})
    assert box.switch.store["forward-always", "e201"] == "+32470123456"
    assert ("forward-busy", "e201") not in box.switch.store
    assert box.switch.store["do-not-disturb", "e201"] == "1"
    own = box.office.extension("e201")
    assert (own.do_not_disturb, own.name) == (True, "Jan Jansen")
    refused = person.send("/me", {"forward_always": "112"})
    assert (refused.status_code, 'id="forward_always-faults"' in refused.text) == (422, True)


@pytest.mark.feature("E10", by="page")
def test_an_employee_hears_the_own_messages_and_nobody_elses(box: EdgedBox, tmp_path: Path) -> None:
    person = invited(box, Role.EMPLOYEE, extension="e201")
    for owner in ("e201", "e202"):
        folder = box.box.paths.voicemail_boxes / f"box-{owner}" / "INBOX"
        folder.mkdir(parents=True)
        (folder / "msg0000.txt").write_text(
            f'[message]\ncallerid="Klant" <+3247000000{owner[-1]}>\norigtime=1795813375\nduration=7\n'
            f"msg_id=1795813375-0000000{owner[-1]}\n"
        )
        (folder / "msg0000.wav").write_bytes(b"RIFF" + owner.encode())
    page = person.see("/me")
    assert "+32470000001" in page
    assert "+32470000002" not in page
    heard = re.search(r'<audio[^>]* src="([^"]+)"', page)
    assert heard is not None
    assert person.client.get(heard[1]).data == b"RIFFe201"
    assert person.client.get("/me/messages/1795813375-00000002.wav").status_code == 404


@pytest.mark.feature("E10")
def test_a_login_of_nobody_is_told_so(box: EdgedBox) -> None:
    assert "hoort bij niemand van het kantoor" in invited(box, Role.EMPLOYEE).see("/me")
