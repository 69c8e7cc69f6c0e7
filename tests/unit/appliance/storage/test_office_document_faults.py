"""Every fault of an office file has its place and its rule, and nothing in a file breaks the reader."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.office.secret import Secret
from appliance.storage.office_document import SecretMaker, read_document
from appliance.storage.toml_layout import lay_out
from appliance.words.texts import has_text
from tests.strategies_of_values import HOSTILE_TEXTS

MAKER = SecretMaker(password=lambda: Secret("p" * 24), token=lambda: Secret("a" * 32), pin=lambda: Secret("1234"))

SITE = """
[site]
company_name = "De Mooi bvba"
country = "BE"
time_zone = "Europe/Brussels"
language = "nl"
"""
# What the faulty pieces below refer to.
AROUND = """
[[extension]]
number = "201"
name = "Jan"
[[extension]]
number = "202"
name = "Piet"
voicemail = false
[[ring_group]]
number = "300"
name = "Reception"
members = ["201"]
[[number]]
id = "main"
number = "02 555 10 01"
destination = "300"
[[opening_hours]]
id = "office"
name = "Office"
monday = ["08:00-17:00"]
[[prompt]]
id = "welcome"
name = "Welcome"
text = "Welcome"
"""

PLAN = '[[call_plan]]\nid = "p"\nname = "Plan"\n'
ATTENDANT = '[[attendant]]\nid = "a"\nname = "Menu"\n'
SCHEDULE = '[[schedule]]\nid = "s"\nname = "Schedule"\n[[schedule.event]]\nname = "Event"\n'
EXTENSION = '[[extension]]\nnumber = "250"\nname = "An"\n'
TRUNK = '[[trunk]]\nid = "l"\nname = "L"\nhost = "h"\nregisters = false\n'
PHONE = '[[phone]]\nbrand = "snom"\n'
TELEPHONE = PHONE + 'mac = "00:04:13:00:00:02"\nmodel = "D785"\nextension = "201"\n'
TELEPHONE_PLACE = "phone[00:04:13:00:00:02]"
GROUP = '[[ring_group]]\nnumber = "301"\nname = "G"\n'
HOURS = '[[opening_hours]]\nid = "o"\nname = "O"\n'
HOLIDAYS = '[[public_holidays]]\nid = "h"\nname = "H"\n'
CLOSURE = '[[closure]]\nid = "c"\nname = "C"\ndestination = "201"\n'
BACKUP = '[[backup_route]]\nid = "b"\nname = "B"\n'
OUTBOUND = '[[outbound_route]]\nid = "o"\nname = "O"\n'
FORWARDING = "[[forwarding_prefix]]\n"
DIALLING = "[[dialling_prefix]]\n"
NUMBER = '[[number]]\nnumber = "02 555 10 02"\ndestination = "300"\n'
MAIL = '[mail]\nhost = "mail.example.be"\nsender = "box@example.be"\n'

# A piece of a file, and the one error in it.
FAULTS = [
    ('[site]\ncountry = "XX"', "site.country", "not-a-choice"),
    ('[site]\nvoicemail_pin = "12"', "site.voicemail_pin", "pin-form"),
    ('[site]\nvoicemail_emails = ["jan"]', "site.voicemail_emails", "email-form"),
    ("[site]\nvoicemail_emails = [" + '"jan@example.com", ' * 6 + "]", "site.voicemail_emails", "emails-many"),
    ('[site]\nvoicemail_greeting = "nothing"', "site.voicemail_greeting", "no-such-prompt"),
    ('[site]\npermission = "none"', "site.permission", "no-such-permission"),
    ("surprise = 1", "surprise", "unknown-key"),
    ("[site.inner]\nx = 1", "site.inner", "unknown-key"),
    ("music = 1", "music", "not-a-list-of-tables"),
    ("parking = 1", "parking", "not-a-table"),
    (MAIL.replace("mail.example.be", "no host"), "mail.host", "host-form"),
    (MAIL.replace("box@", "box"), "mail.sender", "email-form"),
    (MAIL + "port = 0", "mail.port", "not-in-range"),
    (MAIL + 'security = "ssl"', "mail.security", "not-a-choice"),
    (MAIL + 'username = "j\u00e9"', "mail.username", "mail-username-form"),
    (MAIL + 'password = "\u00e9"', "mail.password", "mail-password-form"),
    (MAIL + 'username = "box"\nsecurity = "none"', "mail.security", "mail-login-in-clear"),
    ('[mail]\nhost = "mail.example.be"', "mail.sender", "missing"),
    ("[[trunk]]\nid = \"l\"\nname = \"L\"\nhost = \"h\"\n", "trunk[L].username", "missing"),
    ('[[trunk]]\nname = "L"\nhost = "h"\nregisters = false\n', "trunk[L].id", "missing"),
    (
        TRUNK + 'encrypts_media = true',
        "trunk[L].encrypts_media",
        "srtp-without-tls",
    ),
    (TRUNK + 'codecs = ["mp3"]', "trunk[L].codecs", "not-a-choice"),
    (TRUNK + 'port = 0', "trunk[L].port", "not-in-range"),
    (TRUNK + 'port = true', "trunk[L].port", "not-in-range"),
    (EXTENSION + 'id = "Not an id"', "extension[250].id", "id-form"),
    (EXTENSION + "id = 7", "extension[250].id", "not-text"),
    (EXTENSION + "sip_password = 7", "extension[250].sip_password", "not-text"),
    (EXTENSION + 'sip_password = ""', "extension[250].sip_password", "sip-password-form"),
    (EXTENSION + 'voicemail = "no"', "extension[250].voicemail", "not-true-or-false"),
    (
        EXTENSION + "voicemail_deletes_after_mail = true",
        "extension[250].voicemail_deletes_after_mail",
        "message-would-be-lost",
    ),
    (EXTENSION + 'voicemail_tone = "x"', "extension[250].voicemail_tone", "unknown-key"),
    (EXTENSION + 'forward_busy = "12345"', "extension[250].forward_busy", "phone-number-form"),
    (EXTENSION + 'forward_always = "250"', "extension[250].forward_always", "forward-to-itself"),
    (EXTENSION + 'forward_always = "0470 12 34"', "extension[250].forward_always", "phone-number-length"),
    (EXTENSION + "forward_ring_seconds = 301", "extension[250].forward_ring_seconds", "not-in-range"),
    (EXTENSION + 'outgoing_number = "02 555 10 02"', "extension[250].outgoing_number", "not-our-number"),
    (EXTENSION + 'filters = ["f"]', "extension[250].filters", "no-such-call-filter"),
    (EXTENSION + 'lamp_boxes = ["b"]', "extension[250].lamp_boxes", "no-such-shared-voicemail"),
    (EXTENSION + 'music = "m"', "extension[250].music", "no-such-music"),
    (EXTENSION + 'numeric_user = "12a4"', "extension[250].numeric_user", "numeric-user-form"),
    (EXTENSION + "mails_when_offline = true", "extension[250].mails_when_offline", "mail-without-address"),
    (EXTENSION + 'login_pin = "1"', "extension[250].login_pin", "pin-form"),
    (PHONE + 'mac = "01:00:00:00:00:01"\nmodel = "D785"', "phone[01:00:00:00:00:01].mac", "mac-multicast"),
    (PHONE + 'mac = "00:04:13:00:00:01"\nmodel = "é"', "phone[00:04:13:00:00:01].model", "model-form"),
    (TELEPHONE + 'keys = [{ position = 0, does = "night" }]', TELEPHONE_PLACE + ".key[0].position", "not-in-range"),
    (TELEPHONE + 'keys = [{ position = 1, does = "sing" }]', TELEPHONE_PLACE + ".key[1].does", "key-function"),
    (TELEPHONE + 'keys = [{ position = 1, does = "mode 2001" }]', TELEPHONE_PLACE + ".key[1].does", "no-such-mode-key"),
    (TELEPHONE + 'keys = [{ position = 1, does = "line 3" }]', TELEPHONE_PLACE + ".key[1].does", "key-line"),
    (TELEPHONE + 'keys = [{ position = 1, does = "parking 700" }]', TELEPHONE_PLACE + ".key[1].does", "key-slot"),
    (
        TELEPHONE + 'keys = [{ position = 1, does = "night" }, { position = 1, does = "pickup" }]',
        TELEPHONE_PLACE + ".key[1]",
        "key-twice",
    ),
    (TELEPHONE + 'parameters = [{ name = "P30", value = "x" }]', TELEPHONE_PLACE + ".parameters", "parameter-name"),
    (
        TELEPHONE + 'parameters = [{ name = "user_x", value = "a\\nb" }]',
        TELEPHONE_PLACE + ".parameters",
        "parameter-value",
    ),
    (
        PHONE + 'mac = "00:04:13:00:00:03"\nmodel = "D785"\nfurther_extensions = ["201"]',
        "phone[00:04:13:00:00:03].extension",
        "missing",
    ),
    ('[[contact]]\nid = "c"\nname = "C"\nnumbers = []', "contact[C].numbers", "contact-numbers"),
    ('[phone_settings]\nregistrar = "two"', "phone_settings.registrar", "second-server-missing"),
    ('[phone_settings]\nregistrar = "srv"', "phone_settings.registrar", "srv-domain-missing"),
    (
        '[phone_settings]\nparameters = [{ brand = "snom", name = "P30", value = "x" }]',
        "phone_settings.parameter[P30].name",
        "parameter-name",
    ),
    (GROUP + 'outside_members = ["x"]', "ring_group[301].outside_members", "phone-number-form"),
    (GROUP + 'members = "201"', "ring_group[301].members", "not-a-list-of-texts"),
    (GROUP + 'no_answer = "voicemail 202"', "ring_group[301].no_answer", "no-such-voicemail"),
    (GROUP + 'no_answer = "301"', "ring_group[301].no_answer", "loop"),
    (GROUP + 'no_answer = "somewhere"', "ring_group[301].no_answer", "no-such-destination"),
    (GROUP + 'no_answer = "plan x"', "ring_group[301].no_answer", "no-such-call-plan"),
    (GROUP + 'no_answer = "attendant x"', "ring_group[301].no_answer", "no-such-attendant"),
    (GROUP + 'no_answer = "speed-dial x"', "ring_group[301].no_answer", "no-such-speed-dial"),
    (PLAN, "call_plan[p].steps", "missing"),
    (PLAN + "steps = []", "call_plan[p].steps", "plan-empty"),
    (PLAN + 'steps = "201"', "call_plan[p].steps", "not-a-list-of-tables"),
    (PLAN + 'steps = ["201"]', "call_plan[p].step[1]", "not-a-table"),
    (PLAN + 'steps = [{ ring = "201" }, { dance = "202" }]', "call_plan[p].step[2]", "step-form"),
    (PLAN + 'steps = [{ ring = "201", group = "300" }]', "call_plan[p].step[1]", "step-form"),
    (PLAN + 'steps = [{ ring = "299" }]', "call_plan[p].step[1].ring", "no-such-extension"),
    (PLAN + 'steps = [{ ring = "201", seconds = "20" }]', "call_plan[p].step[1].seconds", "not-in-range"),
    (PLAN + 'steps = [{ say = "x" }]', "call_plan[p].step[1].say", "no-such-prompt"),
    (PLAN + 'steps = [{ mode_key = "2001" }]', "call_plan[p].step[1].mode_key", "no-such-mode-key"),
    (PLAN + 'steps = [{ caller_rule = "x" }]', "call_plan[p].step[1].caller_rule", "no-such-caller-rule"),
    (PLAN + 'steps = [{ hours = "office", when_shut = "voicemail" }]', "call_plan[p].step[1].when_shut", "unknown-key"),
    (PLAN + 'steps = [{ go_to = "voicemail" }, { ring = "201" }]', "call_plan[p].step[1]", "plan-goes-on-after-end"),
    (PLAN + 'steps = [{ go_to = "voicemail" }]\nusable_in = ["dreams"]', "call_plan[p].usable_in", "not-a-choice"),
    (ATTENDANT, "attendant[a].menu", "missing"),
    (ATTENDANT + "[attendant.menu]", "attendant[a].menu", "menu-empty"),
    (ATTENDANT + "menu = 1", "attendant[a].menu", "not-a-table"),
    (ATTENDANT + '[attendant.menu.key.A]\ndoes = "repeat"', "attendant[a].menu.key[A]", "menu-key-form"),
    (ATTENDANT + '[attendant.menu.key.12]\ndoes = "repeat"', "attendant[a].menu.key[12]", "menu-key-form"),
    (ATTENDANT + "[attendant.menu.key.1]", "attendant[a].menu.key[1].does", "missing"),
    (ATTENDANT + '[attendant.menu.key.1]\ndoes = "sing"', "attendant[a].menu.key[1].does", "not-a-choice"),
    (ATTENDANT + "[attendant.menu]\nkey = 1", "attendant[a].menu.key", "not-a-table"),
    (ATTENDANT + "[attendant.menu.key]\n1 = 1", "attendant[a].menu.key[1]", "not-a-table"),
    (
        ATTENDANT + '[[attendant.menu.code]]\ncode = "x1"\ngo_to = "201"',
        "attendant[a].menu.code[x1].code",
        "typed-code-form",
    ),
    (
        ATTENDANT + '[attendant.menu.key.1]\ndoes = "forward"\ngo_to = "299"',
        "attendant[a].menu.key[1].go_to",
        "no-such-destination",
    ),
    (HOURS + 'monday = "08:00-12:00"', "opening_hours[o].monday", "not-a-list-of-texts"),
    (HOURS + 'monday = [8]', "opening_hours[o].monday", "period-form"),
    (HOURS + 'monday = ["08:00-12:00", "11:00-13:00"]', "opening_hours[o].monday", "periods-overlap"),
    (HOURS + 'monday = [{ period = "08:00-12:00" }]', "opening_hours[o].monday.go_to", "missing"),
    (HOLIDAYS + 'extra = ["2026-07-21"]', "public_holidays[h].extra", "not-a-date"),
    (HOLIDAYS + 'extra = 2026-07-21', "public_holidays[h].extra", "not-a-list"),
    (HOLIDAYS + 'extra = [2026-07-21T00:00:00]', "public_holidays[h].extra", "not-a-date"),
    (
        CLOSURE + 'start = 2026-08-01T00:00:00Z\nend = 2026-08-02T00:00:00',
        "closure[c].start",
        "not-a-moment",
    ),
    (
        CLOSURE + 'start = 2026-08-02T00:00:00\nend = 2026-08-01T00:00:00',
        "closure[c].end",
        "closure-order",
    ),
    (SCHEDULE + 'does = "open"', "schedule[s].event[1]", "event-when"),
    (SCHEDULE + 'does = "open"\ndays = ["monday"]\nholidays = "h"', "schedule[s].event[1]", "event-when"),
    (SCHEDULE + 'does = "open"\ndays = ["Monday-Friday"]', "schedule[s].event[1].days", "not-a-choice"),
    (SCHEDULE + 'does = "open"\ndays = ["monday"]\nperiod = "9-18"', "schedule[s].event[1].period", "period-form"),
    (SCHEDULE + 'does = "open"\ndays = ["monday"]\nfrom = "1 May"', "schedule[s].event[1].from", "not-a-date"),
    (SCHEDULE + 'does = "open"\nstart = 2026-01-01T00:00:00', "schedule[s].event[1].end", "missing"),
    (
        SCHEDULE + 'does = "open"\nyearly = 1\nstart = 2026-01-01T00:00:00\nend = 2026-01-02T00:00:00',
        "schedule[s].event[1].yearly",
        "not-true-or-false",
    ),
    (SCHEDULE + 'does = "open"\ndays = ["monday"]\nyearly = true', "schedule[s].event[1].yearly", "unknown-key"),
    (SCHEDULE + 'does = "forward"\ndays = ["monday"]', "schedule[s].event[1].destination", "forward-nowhere"),
    (SCHEDULE + 'does = "open"\nholidays = "h"', "schedule[s].event[1].holidays", "no-such-public-holidays"),
    (BACKUP + 'destination = "201"', "backup_route[b].destination", "backup-needs-no-phone"),
    ('[[call_filter]]\nid = "f"\nname = "F"\ncallers = ["0470*"]', "call_filter[f].callers", "caller-number-form"),
    ('[[call_filter]]\nid = "f"\nname = "F"\ncallers = ["everyone"]', "call_filter[f].callers", "phone-number-form"),
    ('[[caller_rule]]\nid = "r"\nname = "R"\ncallers = ["all"]', "caller_rule[r].destination", "missing"),
    ('[[mode_key]]\nnumber = "201"\nname = "K"\nred = "voicemail"', "mode_key[201].number", "mode-key-number-form"),
    ('[[speed_dial]]\nshort = "400"\nname = "S"\nnumber = "+32470123456"', "speed_dial[400].short", "speed-dial-form"),
    ('[[shared_voicemail]]\nid = "b"\nname = "B"\nnumber = "201"', "shared_voicemail[b].number", "short-number-taken"),
    ('[[prompt]]\nid = "p"\nname = "P"\ntext = "' + "a" * 2001 + '"', "prompt[p].text", "prompt-long"),
    ('[[prompt]]\nid = "p"\nname = "P"\nrecording = "../../etc/passwd"', "prompt[p].recording", "recording-name-form"),
    ('[[music]]\nid = "m"\nname = "M"', "music[m].recordings", "missing"),
    ('[[permission]]\nid = "p"\nname = "P"\nkinds = ["moon"]', "permission[p].kinds", "not-a-choice"),
    (OUTBOUND + 'beginnings = ["32"]\ntrunks = []', "outbound_route[o].beginnings", "beginning-form"),
    (OUTBOUND + 'beginnings = ["+"]\ntrunks = ["x"]', "outbound_route[o].trunk[1].trunk", "no-such-trunk"),
    (OUTBOUND + 'beginnings = ["+"]\ntrunks = [1]', "outbound_route[o].trunk[1]", "not-a-table"),
    (DIALLING + 'prefix = "500"\nnumber = "main"', "dialling_prefix[500].prefix", "dialling-prefix-form"),
    (DIALLING + 'prefix = "5"', "dialling_prefix[5].number", "missing"),
    (FORWARDING + 'prefix = "100"\nnumber = "main"', "forwarding_prefix[100].prefix", "forwarding-prefix-form"),
    (FORWARDING + 'prefix = "101"\nnumber = "02 555 99 99"', "forwarding_prefix[101].number", "no-such-number"),
    ('[parking]\nname = "P"\nfirst = "710"\nlast = "701"', "parking.last", "parking-range"),
    ('[night]\nsetting = "auto"', "night.opening_hours", "night-without-hours"),
    ("[behaviour]\nreturn_seconds = 0", "behaviour.return_seconds", "not-in-range"),
    (EXTENSION + 'description = "a\\u0007b"', "extension[250].description", "text-control"),
    (EXTENSION + 'description = "\\u001fa"', "extension[250].description", "text-control"),
    (EXTENSION + 'description = "a\\u2028b"', "extension[250].description", "text-control"),
    (EXTENSION + 'description = "' + "a" * 201 + '"', "extension[250].description", "text-long"),
    (EXTENSION.replace("An", "An\\u001f"), "extension[250].name", "name-control"),
    (NUMBER + 'label = "a\\nb"', "number[02 555 10 02].label", "text-control"),
    (TELEPHONE + 'keys = [{ position = 1, does = "line 1", label = "\\u202ea" }]', TELEPHONE_PLACE + ".key[1].label",
     "text-control"),
    ('[[prompt]]\nid = "p"\nname = "P"\ntext = "a\\u0007b"', "prompt[p].text", "text-control"),
    ('[behaviour]\nreturn_seconds = "soon"', "behaviour.return_seconds", "not-in-range"),
]  # fmt: skip


def whole(piece: str) -> str:
    """Return a file that is right but for the piece; what a piece says of [site] takes the place of what is there."""
    if not piece.startswith("[site]\n"):
        return ("" if piece.startswith("[") else piece) + SITE + AROUND + (piece if piece.startswith("[") else "")
    own = piece.removeprefix("[site]\n")
    key = own.partition(" ")[0]
    return "\n".join(line for line in SITE.splitlines() if not line.startswith(key + " ")) + f"\n{own}\n" + AROUND


def test_what_the_faulty_pieces_stand_in_is_right() -> None:
    assert read_document(whole(""), MAKER).office is not None


@pytest.mark.feature("I3", "R6")
@pytest.mark.parametrize(("piece", "where", "rule"), FAULTS, ids=[f"{where}-{rule}" for _, where, rule in FAULTS])
def test_a_fault_is_named_once_with_its_place(piece: str, where: str, rule: str) -> None:
    result = read_document(whole(piece), MAKER)
    errors = [(problem.where, problem.rule) for problem in result.problems if problem.severity == "error"]
    assert errors == [(where, rule)]
    assert result.office is None
    assert has_text(f"problem-{rule}", "nl")


HOSTILE_FILES = {
    "endless number": SITE + f"x = {'9' * 5000}",
    "endless hexadecimal number": SITE.replace('"nl"', '"nl"\nshows_company_name = 0x' + "f" * 5000),
    "lists in lists": SITE + "x = " + "[" * 5000 + "]" * 5000,
    "tables in tables": SITE + "extension." + "a." * 5000 + "a = 1",
    "text in place of everything": 'site = "x"\nextension = "x"\nnight = "x"\nbehaviour = []\nparking = [[]]',
    "rows that are no rows": SITE + "extension = [1, 'x', []]\n",
    "empty": "",
    "keys with signs": SITE + '"a]\\nb" = 1\n"${x}" = 1\n[[extension]]\n"[" = 2\n',
    "no number": SITE + "[[trunk]]\nport = nan\nchannels = inf\n",
}


@pytest.mark.feature("R6")
@pytest.mark.parametrize("name", HOSTILE_FILES)
def test_a_hostile_file_has_faults_and_breaks_nothing(name: str) -> None:
    result = read_document(HOSTILE_FILES[name], MAKER)
    assert result.office is None
    assert result.problems
    assert [problem for problem in result.problems if not problem.where.isprintable()] == []


SOME_VALUE = st.recursive(
    st.sampled_from((*HOSTILE_TEXTS, "201", "voicemail", "plan p", "2001"))
    | st.integers()
    | st.booleans()
    | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("id", "go_to", "ring", "x")), inner),
    max_leaves=4,
)
KINDS = [
    "site",
    "trunk",
    "number",
    "extension",
    "phone",
    "ring_group",
    "call_plan",
    "attendant",
    "opening_hours",
    "public_holidays",
    "closure",
    "schedule",
    "backup_route",
    "call_filter",
    "caller_rule",
    "mode_key",
    "speed_dial",
    "shared_voicemail",
    "prompt",
    "music",
    "permission",
    "outbound_route",
    "dialling_prefix",
    "forwarding_prefix",
    "parking",
    "night",
    "behaviour",
]
KEYS = [
    "id",
    "number",
    "name",
    "mac",
    "members",
    "steps",
    "menu",
    "key",
    "code",
    "event",
    "events",
    "callers",
    "kinds",
    "trunks",
    "monday",
    "start",
    "end",
    "days",
    "destination",
    "red",
    "short",
    "prefix",
    "setting",
    "greeting",
    "voicemail",
    "voicemail_pin",
    "token",
    "password",
    "recordings",
]


@pytest.mark.feature("R6")
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(KINDS),
        SOME_VALUE
        | st.dictionaries(st.sampled_from(KEYS), SOME_VALUE)
        | st.lists(st.dictionaries(st.sampled_from(KEYS), SOME_VALUE), min_size=1, max_size=2),
    )
)
def test_any_tree_at_all_is_read_without_breaking(tree: dict[str, object]) -> None:
    """R6: a file says what it likes; the reader says what is wrong with it."""
    result = read_document(lay_out(tree), MAKER)
    assert result.office is None
    assert "not-toml" not in {problem.rule for problem in result.problems}
    for problem in result.problems:
        assert all(text.isprintable() for text in (problem.where, *problem.facts.values()))


def test_no_secret_stands_in_a_fault() -> None:
    """A password that cannot be used is still a password."""
    text = whole(EXTENSION + 'sip_password = "not a good one"\nvoicemail_pin = "12345678901"')
    facts = [fact for problem in read_document(text, MAKER).problems for fact in problem.facts.values()]
    assert not any("good one" in fact for fact in facts)
