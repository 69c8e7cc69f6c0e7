"""voicemail.conf: one mailbox for each extension that has one, the shared ones, and the company's."""

from __future__ import annotations

from appliance.compiler import keep_mail_sh
from appliance.compiler.conf_text import HEADER, comment_line
from appliance.compiler.object_names import DIRECTORY_CONTEXT, VOICEMAIL_CONTEXT, mailbox
from appliance.compiler.target import AsteriskTarget
from appliance.office.country import Language
from appliance.office.destination import ToSharedVoicemail, ToVoicemail
from appliance.office.office import Office
from appliance.office.voicemail import VoicemailBox

PATH = "voicemail.conf"
RELOAD = "app_voicemail.so"
MODULES = "app_voicemail res_mwi_devstate"
SECRET = True

LONGEST_MESSAGE_SECONDS = 300
MOST_MESSAGES = 100

# How the moment of a message is said (Asterisk voicemail.conf, zonemessages): 24 hours a day, as people here say it.
_WHEN = {
    Language.DUTCH: "'vm-received' q 'digits/nl-om' HM",
    Language.FRENCH: "'vm-received' q 'digits/at' HM",
    Language.ENGLISH: "'vm-received' q 'digits/at' HM",
}


def render(office: Office, target: AsteriskTarget) -> str:
    """Return the text of voicemail.conf; it holds PINs.

    The line of a mailbox is split at commas and has no escape (app_voicemail, append_mailbox): a person's name stands
    in the comment above, and as bare letters in the directory that callers choose names from.
    """
    directories = target.directories
    lines = [
        HEADER,
        "\n[general]\n",
        "format = wav\n",
        f"maxsecs = {LONGEST_MESSAGE_SECONDS}\n",
        f"maxmsg = {MOST_MESSAGES}\n",
        "minsecs = 1\n",
        "maxsilence = 0\n",
        "skipms = 3000\n",
        "moveheard = yes\n",
        # A PIN changed at a phone lies beside the box's messages, and wins until apply/box_pins.py removes it.
        "passwordlocation = spooldir\n",
        f"mailcmd = /bin/sh {directories.configuration}/{keep_mail_sh.PATH}\n",
        "charset = UTF-8\n",
        # Words and addresses are the sender's business (mail room); this carries the facts.
        "serveremail = belbox@belbox.invalid\n",
        "emailsubject = ${VM_MAILBOX}\n",
        "emailbody = ${VM_MAILBOX}\\n${VM_CALLERID}\\n${VM_DUR}\\n${VM_DATE}\\n\n",
        "tz = office\n",
        f"\n[zonemessages]\noffice = {office.site.time_zone}|{_WHEN[office.site.language]}\n",
        f"\n[{VOICEMAIL_CONTEXT}]\n",
        _box(mailbox(ToVoicemail()), office.company_voicemail),
    ]
    for shared in office.shared_voicemails:
        lines += [comment_line(shared.name), _box(mailbox(ToSharedVoicemail(shared.id)), shared.box)]
    for extension in office.extensions:
        if extension.voicemail:
            lines.append(comment_line(f"{extension.number} {extension.name}"))
            lines.append(_box(mailbox(ToVoicemail(extension.id)), extension.voicemail))
    lines.append(f"\n[{DIRECTORY_CONTEXT}]\n")
    lines += [f"{mailbox(ToVoicemail(item.id))} => ,{_letters(item.name)}\n" for item in office.extensions]
    return "".join(lines)


def pins_in(text: str) -> dict[str, str]:
    """Return the PIN of each box in a voicemail.conf of ours; in the directory nobody has one."""
    lines = (line.partition(" => ") for line in text.splitlines())
    return {box: pin for box, is_box, rest in lines if is_box and (pin := rest.partition(",")[0])}


def _box(name: str, box: VoicemailBox) -> str:
    options = [
        f"attach={_yes(box.attaches_recording)}",
        f"delete={_yes(box.deletes_after_mail and bool(box.emails))}",
        f"saycid={_yes(box.says_caller)}",
        f"envelope={_yes(box.says_time)}",
    ]
    # The sender looks the addresses up by the mailbox; one here is what makes the switch write the mail at all.
    address = "box@belbox.invalid" if box.emails else ""
    return f"{name} => {box.pin.reveal()},,{address},,{'|'.join(options)}\n"


def _letters(name: str) -> str:
    return " ".join("".join(letter if letter.isalpha() else " " for letter in name).split()) or "x"


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
