"""P10: server time and weight of every page, list, form and API list, with 500 employees and 1,000 phones.

The pages over the real operations and a real database; the switch, the LAN and the test phone are fakes that answer
at once.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flask import Flask
from werkzeug.routing import BuildError

from appliance.office.contact import Contact
from appliance.office.declared.catalogue import SUBJECTS
from appliance.office.numbers import ExtensionNumber, MacAddress, PhoneNumber
from appliance.office.office import Office
from appliance.office.ring_group import RingGroup
from appliance.office.secret import Secret
from appliance.office.speed_dial import SpeedDial
from appliance.operations.api_keys import Scope
from tests.bench.figures import heading, percentile
from tests.edges.edged_box import EdgedBox, start_for_the_first_time
from tests.golden.law_firm import law_firm
from tests.unit.wizard.browser import Person

EMPLOYEES = 500
RUNS = 20
SHOWN = 25
MILLISECONDS = 1000.0


def main() -> None:
    """Print what is slowest and what is heaviest."""
    print(heading(f"console and API, {EMPLOYEES} employees, {2 * EMPLOYEES} phones"))
    with tempfile.TemporaryDirectory(prefix="belbox-bench-") as folder:
        started = Path(folder) / "started"
        start_for_the_first_time(started)
        box = EdgedBox(started, Path(folder), firm_of(EMPLOYEES))
        try:
            _measure(box)
        finally:
            box.close()


def firm_of(employees: int) -> Office:
    """Return the law firm with so many people, two phones each, a group of all, contacts and short numbers."""
    firm = law_firm()
    first = firm.extensions[0]
    people = [
        *firm.extensions,
        *(
            replace(
                first,
                id=f"e{number}",
                number=ExtensionNumber(str(number)),
                name=f"Person {number}",
                sip_password=Secret(f"password-of-{number}"),
                lamp_box_ids=(),
            )
            for number in range(3000, 3000 + employees - len(firm.extensions))
        ),
    ]
    phones = [
        replace(
            firm.phones[0],
            id=f"p{place}",
            mac=MacAddress(f"805ec0{place:06x}"),
            token=Secret(f"{place:032x}"),
            extension_id=people[place // 2].id,
        )
        for place in range(2 * employees)
    ]
    return replace(
        firm,
        extensions=tuple(people),
        phones=tuple(phones),
        ring_groups=(
            *firm.ring_groups,
            RingGroup(
                id="g599",
                number=ExtensionNumber("599"),
                name="All of us",
                member_ids=tuple(person.id for person in people),
            ),
        ),
        contacts=tuple(
            Contact(id=f"c{place}", name=f"Contact {place}", numbers=(PhoneNumber(f"+3225{place:06}"),))
            for place in range(employees)
        ),
        speed_dials=(
            *firm.speed_dials,
            *(
                SpeedDial(
                    id=f"s{place}",
                    name=f"Short {place}",
                    short=ExtensionNumber(str(8000 + place)),
                    number=PhoneNumber(f"+3226{place:06}"),
                )
                for place in range(employees)
            ),
        ),
    )


def _measure(box: EdgedBox) -> None:
    _bring_phones(box)
    person = Person(box)
    key = box.operations.api_keys.make("bench", Scope.READ, author="bench")
    took: dict[str, list[float]] = defaultdict(list)
    weight: dict[str, int] = {}
    asked = [*_pages(person.client.application, box.office), *(f"/api/v1/{subject.kind}" for subject in SUBJECTS)]
    for _ in range(RUNS):
        for path in asked:
            headers = {"Authorization": f"Bearer {key}"} if path.startswith("/api/") else {}
            began = time.perf_counter()
            answer = person.client.get(path, headers=headers)
            took[path].append(time.perf_counter() - began)
            assert answer.status_code in {200, 303, 404}, (path, answer.status_code)
            weight[path] = len(answer.data)
    slowest = sorted(took, key=lambda path: -percentile(took[path], 0.95))
    print(f"{len(took)} pages, {RUNS} times each")
    for path in slowest[:SHOWN]:
        p95, most = (percentile(took[path], part) * MILLISECONDS for part in (0.95, 1.0))
        print(f"{path:44} p95 {p95:7.1f} ms  most {most:7.1f} ms  {weight[path] / 1000:7.1f} kB")
    for path in sorted(weight, key=lambda path: -weight[path])[:5]:
        print(f"{path:44} weighs {weight[path] / 1000:.1f} kB")


def _bring_phones(box: EdgedBox) -> None:
    """Let every phone be seen and registered."""
    for place, phone in enumerate(box.office.phones):
        address = f"10.0.{place // 250}.{place % 250 + 1}"
        box.see(phone.mac, brand=phone.brand, model=phone.model, address=address)
        for extension_id in phone.extension_ids:
            box.switch.register(box.office.extension(extension_id).sip_user, address)


def _pages(app: Flask, office: Office) -> Iterator[str]:
    """Every page that can be asked for without knowing a name, and list and forms of each subject."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not str(rule).startswith(("/api/", "/live", "/static")):
            try:
                yield adapter.build(rule.endpoint)
            except BuildError:
                continue
    for subject in SUBJECTS:
        yield f"/settings/{subject.kind}"
        if not subject.is_one:
            yield f"/settings/{subject.kind}/add"
            # The last one is the largest: the group of all.
            yield from (f"/settings/{subject.kind}/of/{thing.id}" for thing in subject.objects(office)[-1:])


if __name__ == "__main__":
    main()
