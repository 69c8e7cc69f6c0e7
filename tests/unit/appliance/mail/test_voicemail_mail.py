"""What a mail about a message says, and that a stranger's name can never be more than a name."""

from __future__ import annotations

import email
import email.policy
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from appliance.mail.switch_mail import SwitchMail, UnreadableSwitchMail, read_switch_mail
from appliance.mail.voicemail_mail import NobodyToTell, voicemail_mail
from appliance.office.country import Language
from appliance.office.mail_server import MailServer
from appliance.office.office import Office
from appliance.office.secret import Secret
from appliance.office.voicemail import SharedVoicemail, VoicemailBox
from appliance.words.texts import text
from tests.offices import company_box, two_phones
from tests.strategies_of_values import HOSTILE_TEXTS, emails

SERVER = MailServer(host="mail.example", sender="telephone@example.test")
HEADERS = ["From", "To", "Subject", "Date", "Auto-Submitted", "MIME-Version", "Content-Type"]
HEARD = SwitchMail(
    mailbox="box-e201",
    caller_name="Sandra",
    caller_number="+32470999888",
    moment=datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    seconds=65,
    recording=b"RIFF....",
)


def _office(name: str = "Jan Jansen", language: Language | None = None, **box: object) -> Office:
    office = two_phones()
    settings = {"pin": Secret("4711"), "emails": ("jan@example.test",), **box}
    whole = VoicemailBox(**settings)  # type: ignore[arg-type]  # any of its settings
    jan = replace(office.extensions[0], name=name, voicemail=whole, language=language)
    return replace(
        office,
        company_voicemail=company_box(whole),
        extensions=(jan, *office.extensions[1:]),
        shared_voicemails=(SharedVoicemail(id="sales", name="Sales", box=whole),),
    )


def _sent(heard: SwitchMail, office: Office) -> EmailMessage:
    """Return the mail as its reader parses it."""
    made = voicemail_mail(heard, office, SERVER, text).message.as_bytes()
    read = email.message_from_bytes(made, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def _words(mail: EmailMessage) -> str:
    body = mail.get_body()
    assert body is not None
    return str(body.get_content())


@pytest.mark.feature("E3")
@pytest.mark.parametrize(
    ("language", "subject", "moment"),
    [
        (None, "Voicemail van Sandra (+32470999888) voor Jan Jansen (201)", "vrijdag 1 januari 2027 om 00:30"),
        (
            Language.FRENCH,
            "Message vocal de Sandra (+32470999888) pour Jan Jansen (201)",
            "vendredi 1 janvier 2027 à 00:30",
        ),
        (
            Language.ENGLISH,
            "Voicemail from Sandra (+32470999888) for Jan Jansen (201)",
            "Friday 1 January 2027 at 00:30",
        ),
    ],
)
def test_who_called_when_and_for_whom_in_the_owners_language(
    language: Language | None, subject: str, moment: str
) -> None:
    """E3: the office's language unless the extension has its own; the office's clock."""
    mail = _sent(HEARD, _office(language=language))
    assert mail["Subject"] == subject
    assert moment in _words(mail)
    assert "1 min 5 s" in _words(mail)
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        f"{text('mail-file-name', language or 'nl')}-2027-01-01-0030-32470999888.wav"
    ]


@pytest.mark.feature("E3")
def test_a_box_that_hides_caller_time_and_recording_says_none_of_them() -> None:
    mail = _sent(HEARD, _office(says_caller=False, says_time=False, attaches_recording=False))
    whole = f"{mail['Subject']}\n{_words(mail)}"
    assert mail["Subject"] == "Nieuwe voicemail voor Jan Jansen (201)"
    assert not any(fact in whole for fact in ("Sandra", "0999888", "januari", "00:30"))
    assert list(mail.iter_attachments()) == []
    assert "1233" in whole


@pytest.mark.feature("E3")
def test_the_only_copy_is_named_so() -> None:
    words = _words(_sent(HEARD, _office(deletes_after_mail=True)))
    assert "enige exemplaar" in words
    assert "1233" not in words


@pytest.mark.feature("E3")
def test_shared_and_company_boxes_are_named() -> None:
    assert "voor Sales" in _sent(replace(HEARD, mailbox="shared-sales"), _office())["Subject"]
    assert "voor De Mooi bvba" in _sent(replace(HEARD, mailbox="company"), _office())["Subject"]


@pytest.mark.parametrize("mailbox", ["box-e999", "", "default", "box-e201\r\nBcc: x@y.example", "../company"])
def test_a_box_that_is_not_there_has_nobody_to_tell(mailbox: str) -> None:
    with pytest.raises(NobodyToTell):
        voicemail_mail(replace(HEARD, mailbox=mailbox), _office(), SERVER, text)


def test_a_box_without_an_address_has_nobody_to_tell() -> None:
    with pytest.raises(NobodyToTell):
        voicemail_mail(HEARD, _office(emails=()), SERVER, text)


_ANY = st.sampled_from(HOSTILE_TEXTS) | st.text(max_size=60)


@pytest.mark.feature("E3")
@given(name=_ANY, number=st.sampled_from(("", "+32470999888", "*11#")), person=_ANY, address=emails())
@example(name="x\r\nBcc: thief@example.net\r\n\r\nbody", number="", person="y\nBcc: a@b.example", address="a@b.example")
@example(name="=?utf-8?q?=0D=0ABcc:=20thief=40example.net?=", number="", person="=?x?b?Cg==?=", address="a@b.example")
@example(name="\u202eevil", number="", person="{caller} %s ${x}", address="a@b.example")
def test_no_name_breaks_a_header(name: str, number: str, person: str, address: str) -> None:
    """R6: the same headers, the same addresses, one line in the subject; whatever a caller calls himself."""
    office = _office(name=person, emails=(address,))
    heard = replace(HEARD, caller_name=name, caller_number=number)
    made = voicemail_mail(heard, office, SERVER, text)
    mail = _sent(heard, office)
    assert mail.keys() == HEADERS
    assert made.addresses == (address,)
    assert [one.addr_spec for one in mail["To"].addresses] == [address]
    assert [one.addr_spec for one in mail["From"].addresses] == ["telephone@example.test"]
    subject = mail["Subject"].lstrip()  # the library sometimes begins a header on its second line
    assert subject.startswith("Voicemail van ")
    # A soft hyphen may stand in a name; what ends or turns a line may not.
    assert not [letter for letter in subject if unicodedata.category(letter) in {"Cc", "Zl", "Zp", "Cs"}]
    assert len(subject) < 200
    assert len(_words(mail).splitlines()) == 7
    (attached,) = mail.iter_attachments()
    file_name = attached.get_filename()
    assert file_name is not None
    assert set(file_name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")


def _written(caller: str, mailbox: str = "box-e201", length: str = "1:05") -> bytes:
    """A mail as Asterisk 22 writes it without a recording (observed)."""
    return (
        "Date: Sat, 21 Nov 2026 08:41:35 +0100\nFrom: Asterisk PBX <belbox@belbox.invalid>\n"
        f'To: "" <box@belbox.invalid>\nSubject: {mailbox}\nMIME-Version: 1.0\n'
        "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n"
        f"{mailbox}\n{caller}\n{length}\nSaturday, November 21, 2026 at 08:41:35 AM\n\n"
    ).encode()


@pytest.mark.parametrize(
    ("line", "name", "number"),
    [
        ("+32470999888", "", "+32470999888"),
        ('"Zoë \\"😀\\" O\'Neil; <x>" <202>', 'Zoë "😀" O\'Neil; <x>', "202"),
        ('"Anonymous" <anonymous>', "", ""),
        ("an unknown caller", "", ""),
        ('"202" <202>', "", "202"),
        ('"A" <B>" <202>', 'A" <B>', "202"),
        ("two\nlines", "two lines", ""),
        ('"x" <2;02>', "x", ""),
    ],
)
def test_the_callers_line_is_read_as_the_switch_writes_it(line: str, name: str, number: str) -> None:
    read = read_switch_mail(_written(line))
    assert (read.caller_name, read.caller_number) == (name, number)
    assert (read.mailbox, read.seconds, read.recording) == ("box-e201", 65, None)
    assert read.moment.isoformat() == "2026-11-21T08:41:35+01:00"


@given(st.binary(max_size=400))
@example(b"")
@example(b"Date: x\n\na\nb\n0:01\nd")
@example(_written("202", length="soon"))
def test_what_is_no_mail_of_the_switch_is_told_as_that(data: bytes) -> None:
    with pytest.raises(UnreadableSwitchMail):
        read_switch_mail(data)
