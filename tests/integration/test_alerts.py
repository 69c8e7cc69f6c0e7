"""Alerts and test mails, from a page to a real mail server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.mail.alerts import OVER_AFTER, TOLD_AFTER
from appliance.mail.outbox import Outbox
from appliance.office.mail_server import MailServer
from appliance.office.secret import Secret
from appliance.operations.alerts import Alerts
from appliance.operations.mails import Mails
from appliance.operations.status import Status
from appliance.operations.tries import MOST_TRIES
from appliance.words.texts import text
from tests.edges.edged_box import USER_NAME, EdgedBox, MakeBox
from tests.integration.mail_sink import ADDRESS, PASSWORD, USER, MailSink
from tests.offices import two_phones
from tests.unit.wizard.browser import Person

SANDRA = "sandra@example.test"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[MailSink]:
    """A server with STARTTLS and a login."""
    with MailSink(tmp_path / "sink") as sink:
        yield sink


@pytest.fixture
def box(make_box: MakeBox, sink: MailSink) -> EdgedBox:
    server = MailServer(
        host=ADDRESS, port=sink.port, sender="telephone@example.test", username=USER, password=Secret(PASSWORD)
    )
    return make_box(replace(two_phones(), mail_server=server))


def look(box: EdgedBox) -> None:
    """One round of the monitor."""
    Alerts(box.box, Status(box.box)).look(box.office, box.box.look())


@pytest.mark.feature("H5", by="page")
def test_who_chose_so_on_the_page_gets_a_mail_when_a_line_is_down_and_when_it_works_again(
    box: EdgedBox, sink: MailSink
) -> None:
    person = Person(box)
    person.send_and_follow("/own-login", {"email": SANDRA, "alerts": "line"})
    outbox = Outbox(box.box.paths, lambda: box.office, text, trust=sink.trust)
    box.line_is("Rejected")
    look(box)
    box.clock.go_on(TOLD_AFTER.total_seconds())
    look(box)
    outbox.run_once(box.clock())
    (mail,) = sink.wait_for(1)
    assert mail.addresses == (SANDRA,)
    assert mail.mail["Subject"] == "Lijn werkt niet: Line line1"
    box.line_is("Registered")
    look(box)
    box.clock.go_on(OVER_AFTER.total_seconds())
    look(box)
    look(box)
    outbox.run_once(box.clock())
    assert [one.mail["Subject"] for one in sink.wait_for(2)][1:] == ["Lijn werkt weer: Line line1"]


@pytest.mark.feature("H5")
@pytest.mark.parametrize(
    ("fields", "field"), [({"alerts": "line"}, "email"), ({"email": "not an address", "alerts": "line"}, "email")]
)
def test_an_address_that_cannot_be_told_is_refused_at_its_field(
    box: EdgedBox, fields: dict[str, str], field: str
) -> None:
    answer = Person(box).send("/own-login", fields)
    assert (answer.status_code, f'id="{field}-faults"' in answer.text) == (422, True)


@pytest.mark.feature("A13", "H5")
def test_a_test_mail_is_taken_by_the_server_and_proves_the_step(box: EdgedBox, sink: MailSink) -> None:
    sender = Mails(box.box, sink.trust)
    assert sender.send_test(SANDRA, "fr") == ()
    (mail,) = sink.wait_for(1)
    assert mail.mail["Subject"].startswith("Message de test")
    assert "mail" in box.proven()
    (refused,) = sender.send_test("nobody", "nl")
    assert (refused.where, refused.rule) == ("address", "email-form")


@pytest.mark.feature("A13")
def test_a_server_that_refuses_is_told_as_what_is_wrong(box: EdgedBox, sink: MailSink) -> None:
    server = box.office.mail_server
    assert server is not None
    box.apply(replace(box.office, mail_server=replace(server, password=Secret("another"))))
    (problem,) = Mails(box.box, sink.trust).send_test(SANDRA, "nl")
    assert problem.rule == "mail-login-refused"
    box.apply(replace(box.office, mail_server=replace(server, port=9)))
    (problem,) = Mails(box.box, sink.trust).send_test(SANDRA, "nl")
    assert problem.rule == "mail-not-reached"
    box.apply(replace(box.office, mail_server=None))
    assert Mails(box.box).send_test(SANDRA, "nl")[0].rule == "mail-no-server"
    assert "mail" not in box.proven()


@pytest.mark.feature("H9", by="page")
def test_who_forgot_a_password_chooses_another_by_mail_and_a_stranger_learns_and_changes_nothing(
    box: EdgedBox, sink: MailSink
) -> None:
    sandra = Person(box)
    sandra.send_and_follow("/own-login", {"email": SANDRA})
    trusting = replace(box.operations.long_acts, mails=Mails(box.box, sink.trust))
    box.operations = replace(box.operations, long_acts=trusting)
    pages = set()
    for name in (USER_NAME, "nobody at all"):
        stranger = Person(box, logged_in=False)
        answer = stranger.send("/login/forgotten", {"user_name": name})
        pages.add((answer.status_code, re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text)))
    assert len(pages) == 1
    (mail,) = sink.wait_for(1)
    link = re.search(r"https://([^/]+)(/invitation/\S+)", mail.mail.get_content())
    assert link is not None
    assert link[1] == str(box.box.network.address)
    assert Person(box).client.get("/").status_code == 200  # the password counts still
    owner = Person(box, logged_in=False)
    assert owner.send(link[2], {"password": "een heel ander wachtwoord"}).headers["Location"] == "/"
    assert sandra.client.get("/").status_code == 303  # every session before is over
    assert len(sink.received) == 1


@pytest.mark.feature("H9")
def test_asking_again_and_again_sends_no_flood(box: EdgedBox) -> None:
    stranger = Person(box, logged_in=False)
    asked = [stranger.send("/login/forgotten", {"user_name": "x"}).status_code for _ in range(MOST_TRIES + 1)]
    assert asked == [200] * MOST_TRIES + [422]
