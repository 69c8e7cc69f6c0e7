"""Auto attendants: F1 keys, F2 typed codes, F15 labels; in each language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.office.auto_attendant import AutoAttendant, KeyDoes, Menu, MenuKey, TypedCode
from appliance.office.country import Language
from appliance.office.destination import ToAttendant, ToExtension, ToRingGroup, ToVoicemail
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber
from appliance.office.schedule import OpeningHours, Period, Weekday
from tests.switch.calls import call_in, dial, opened, wait_application, wait_rings
from tests.switch.offices import MAIN, SECOND, small_office
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import Call
from tests.switch_bench.diary import What

ALL_DAY = (Period.parse("00:00-24:00"),)


def forward(extension: str, *, announced: bool = False, label: str = "") -> MenuKey:
    does = KeyDoes.FORWARD_ANNOUNCED if announced else KeyDoes.FORWARD
    return MenuKey(does=does, destination=ToExtension(f"e{extension}"), label=label)


@pytest.fixture(scope="module")
def open_bench(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """The main number has Connect 1's menu, the second one asks for the language, then for the service."""
    services = Menu(
        greeting_id="welcome", keys={"1": forward("202"), "*": MenuKey(does=KeyDoes.REPEAT)}, timeout_seconds=1, tries=1
    )
    office = small_office(
        attendants=(
            AutoAttendant(
                id="main",
                name="Main menu",
                number=ExtensionNumber("555"),
                reception=ToExtension("e206"),
                opening_hours_id="days",
                menu=Menu(
                    greeting_id="welcome",
                    timeout_seconds=1,
                    tries=2,
                    keys={
                        "0": MenuKey(does=KeyDoes.REPEAT),
                        "1": forward("201", announced=True, label="Sales; [a]"),
                        "2": MenuKey(does=KeyDoes.FORWARD, destination=ToRingGroup("g300")),
                        "3": MenuKey(does=KeyDoes.DIAL_EXTENSION),
                        "4": MenuKey(does=KeyDoes.DIAL_BY_NAME),
                        "5": MenuKey(does=KeyDoes.PLAY, prompt_id="closed"),
                        "9": MenuKey(does=KeyDoes.RECEPTION),
                        "*": MenuKey(does=KeyDoes.HANG_UP),
                        "#": forward("205"),
                    },
                ),
                closed_menu=Menu(
                    greeting_id="closed", timeout_seconds=1, keys={"1": forward("204")}, timeout=ToVoicemail()
                ),
            ),
            AutoAttendant(
                id="language",
                name="Language",
                menu=Menu(
                    greeting_id="welcome",
                    timeout_seconds=1,
                    keys={
                        "1": MenuKey(does=KeyDoes.FORWARD, destination=ToAttendant("dutch")),
                        "2": MenuKey(does=KeyDoes.FORWARD, destination=ToAttendant("french")),
                    },
                    timeout=ToVoicemail(),
                ),
            ),
            AutoAttendant(
                id="dutch", name="Nederlands", menu=services, language=Language.DUTCH, reception=ToVoicemail()
            ),
            AutoAttendant(
                id="french", name="Français", menu=services, language=Language.FRENCH, reception=ToVoicemail()
            ),
            AutoAttendant(
                id="codes",
                name="Customers",
                number=ExtensionNumber("556"),
                reception=ToVoicemail(),
                menu=Menu(
                    greeting_id="welcome",
                    timeout_seconds=1,
                    codes=(
                        TypedCode(code="500", destination=ToExtension("e203")),
                        TypedCode(code="*", destination=ToExtension("e204"), label="Customer {code}"),
                    ),
                ),
            ),
        ),
        opening_hours=(
            OpeningHours(id="days", name="Days", periods={day: ALL_DAY for day in Weekday if day < Weekday.SATURDAY}),
        ),
        numbers=(
            Number(id="main", number=MAIN, destination=ToAttendant("main")),
            Number(id="second", number=SECOND, destination=ToAttendant("language")),
        ),
    )
    with opened(office, tmp_path_factory.mktemp("menus"), switch_root) as bench:
        yield bench


def _in_menu(bench: SwitchBench, moment: str = "2026-06-10T10:00") -> Call:
    call = call_in(bench, moment)
    call.wait_for(What.ANSWERED)
    bench.wait_until(lambda: call.packets_heard > 0, "the greeting")
    return call


@pytest.mark.feature("F1")
@pytest.mark.parametrize(("key", "phones"), [("1", {"201"}), ("2", {"201", "202"}), ("9", {"206"}), ("#", {"205"})])
def test_each_key_leads_where_it_says(bench: SwitchBench, key: str, phones: set[str]) -> None:
    _in_menu(bench).send_digits(key)
    wait_rings(bench, *phones, seconds=8)


@pytest.mark.feature("F15")
def test_the_label_of_the_key_stands_on_the_display(bench: SwitchBench) -> None:
    _in_menu(bench).send_digits("1")
    assert bench.diary.wait_for("201", What.INVITED, seconds=8).facts["name"].startswith("Sales; [a]")


@pytest.mark.feature("F1")
def test_a_key_that_hangs_up(bench: SwitchBench) -> None:
    call = _in_menu(bench)
    call.send_digits("*")
    assert call.wait_ended() == "hung up there"


@pytest.mark.feature("F1")
def test_dial_an_extension_from_the_menu(bench: SwitchBench) -> None:
    call = _in_menu(bench)
    call.send_digits("3")
    wait_application(bench, "Read")
    call.send_digits("204#")
    wait_rings(bench, "204")


@pytest.mark.feature("F1")
def test_dial_by_name(bench: SwitchBench) -> None:
    """F1: everybody is called Person; PER is 737; the caller takes the first that is offered with 1."""
    call = _in_menu(bench)
    call.send_digits("4")
    wait_application(bench, "Directory")
    call.send_digits("737")
    bench.wait_until(lambda: "Directory" in bench.console("core show channels concise"), "the directory")
    call.send_digits("1")
    bench.wait_until(lambda: bool(bench.phones.ringing()), "somebody rings", 15)


@pytest.mark.feature("F1")
def test_repeat_play_and_wrong_keys_come_back_to_the_menu(bench: SwitchBench) -> None:
    call = _in_menu(bench)
    call.send_digits("0")
    call.send_digits("5")
    wait_application(bench, "WaitExten")
    call.send_digits("2")
    wait_rings(bench, "201", "202", seconds=8)


@pytest.mark.feature("F1")
def test_who_does_not_choose_reaches_the_reception(bench: SwitchBench) -> None:
    _in_menu(bench)
    wait_rings(bench, "206", seconds=8)


@pytest.mark.feature("F1")
def test_outside_the_hours_there_is_another_menu_and_its_timeout(bench: SwitchBench) -> None:
    _in_menu(bench, "2026-06-13T10:00").send_digits("1")
    wait_rings(bench, "204", seconds=8)
    bench.hang_up_all()
    _in_menu(bench, "2026-06-13T10:00")
    wait_application(bench, "VoiceMail", "company@")


@pytest.mark.feature("F1")
@pytest.mark.parametrize(("key", "language"), [("1", "nl"), ("2", "fr")])
def test_two_languages_in_two_levels(bench: SwitchBench, key: str, language: str) -> None:
    call = call_in(bench, number=SECOND)
    call.wait_for(What.ANSWERED)
    wait_application(bench, "WaitExten")
    call.send_digits(key)

    def language_is() -> bool:
        return any(
            bench.ami.act("Getvar", Channel=leg, Variable="CHANNEL(language)")["Value"] == language
            for leg in bench.legs()
        )

    bench.wait_until(language_is, f"the caller hears {language}")
    wait_application(bench, "WaitExten")
    call.send_digits("1")
    wait_rings(bench, "202", seconds=8)


@pytest.mark.feature("F2", "F15")
def test_typed_codes_each_with_its_destination_and_any_other_shown_on_the_display(bench: SwitchBench) -> None:
    call = dial(bench, "201", "556")
    wait_application(bench, "Read")
    call.send_digits("500#")
    wait_rings(bench, "203")
    bench.hang_up_all()
    call = dial(bench, "201", "556")
    wait_application(bench, "Read")
    call.send_digits("123456#")
    assert bench.diary.wait_for("204", What.INVITED).facts["name"].startswith("Customer 123456")
