"""Three languages with the same texts, and a text for everything that is said."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.asterisk.manager_interface import SwitchSilent
from appliance.errors import ApplyFailed
from appliance.office.call_path.build import build_call_path
from appliance.office.call_path.steps import EndReason, NodeKind
from appliance.office.declared.walk import ids_by_kind
from appliance.office.dialled import from_outside
from appliance.office.explain import walk
from appliance.office.problems import Problem
from appliance.words.texts import LANGUAGES, error_text, problem_text, text, texts_of
from tests.differential.random_office import CALLERS, random_calls, random_office
from tests.offices import two_phones
from wizard.first_boot.steps import StepName

CHECKOUT = Path(__file__).parents[4]
TEMPLATES = CHECKOUT / "wizard" / "templates"
_ERROR_KIND = re.compile(r"class (\w+)\((?:BelboxError|NotRunning|ApplyFailed)\)")
_KEBAB = re.compile(r"[a-z]+(-[a-z]+)*")
_KEY_USE = re.compile(r"""\bt\(\s*["']([a-zA-Z_-]+)["']\s*([,)~])""")
_RULE_CALLS = {
    "InvalidValueError": 0, "problem": 1, "_matching": 1, "matching": 1, "missing": 1, "problem_at": 1, "warning_at": 1,
    "_twice": 3, "note": 0,
}  # fmt: skip


def rules_in(tree: ast.AST) -> Iterator[str]:
    """Every name of a rule in a piece of code: in calls that make problems, and in variables called rule."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            place = _RULE_CALLS.get(name)
            if place is not None and len(node.args) > place:
                yield from _texts(node.args[place])
            if name in {"Problem", "OneOf"}:
                yield from (text for given in node.keywords if given.arg == "rule" for text in _texts(given.value))
        elif isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "rule" for target in node.targets):
            yield from _texts(node.value)


def _texts(node: ast.AST) -> Iterator[str]:
    parts = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and _KEBAB.fullmatch(part.value):
            yield part.value


def all_rules() -> set[str]:
    named = {
        rule
        for room in ("appliance", "wizard", "provisioning")
        for path in (CHECKOUT / room).rglob("*.py")
        for rule in rules_in(ast.parse(path.read_text(encoding="utf-8")))
    }
    # Whatever has an id can be named where it is not.
    return named | {f"no-such-{kind.replace('_', '-')}" for kind in ids_by_kind(two_phones())}


def gaps(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def test_every_language_has_the_same_texts_with_the_same_gaps() -> None:
    first = texts_of(LANGUAGES[0])
    for language in LANGUAGES[1:]:
        other = texts_of(language)
        assert other.keys() ^ first.keys() == set()
        assert {key for key in first if gaps(first[key]) != gaps(other[key])} == set()


def test_no_text_is_empty() -> None:
    for language in LANGUAGES:
        assert [key for key, words in texts_of(language).items() if not words.strip()] == []


def test_every_rule_in_the_code_has_a_text() -> None:
    rules = all_rules()
    one_of_each_way = {"id-twice", "paste-line", "line-dark", "host-form", "pin-form", "unknown-key", "step-form"}
    assert one_of_each_way | {"no-trunk", "recording-long", "no-such-mode-key"} <= rules
    assert [rule for rule in sorted(rules) if f"problem-{rule}" not in texts_of("en")] == []


def errors_in(tree: ast.AST, kinds: set[str]) -> Iterator[tuple[str, set[str | None]]]:
    """The rule and the facts of each error that a piece of code makes; None among them for facts that are not seen."""
    for node in ast.walk(tree):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in kinds and node.args:
            facts = {given.arg for given in node.keywords}
            yield from ((rule, facts) for rule in _texts(node.args[0]))


def test_every_error_has_a_text_with_gaps_that_it_fills() -> None:
    rooms = [path for room in ("appliance", "wizard", "provisioning") for path in (CHECKOUT / room).rglob("*.py")]
    sources = [path.read_text(encoding="utf-8") for path in rooms]
    # The command line's own refusals are in its own words; what the switch says is quoted.
    kinds = {"BelboxError", *_ERROR_KIND.findall("\n".join(sources))} - {"ManagerRefused", "AnotherServerRules"}
    found = [error for source in sources for error in errors_in(ast.parse(source), kinds)]
    rules = {rule for rule, _ in found}
    assert {"switch-not-running", "settings-did-not-hold", "first-settings-did-not-hold", "unexpected"} <= rules
    assert [rule for rule in sorted(rules) if f"fault-{rule}" not in texts_of("en")] == []
    for rule, facts in found:
        words = f"{texts_of('en')[f'fault-{rule}']} {texts_of('en').get(f'fault-remedy-{rule}', '')}"
        assert gaps(words) <= facts or None in facts, rule


def test_whatever_a_start_makes_ready_has_a_text_for_when_it_could_not() -> None:
    tree = ast.parse((CHECKOUT / "appliance" / "operations" / "box_start.py").read_text(encoding="utf-8"))
    steps = next(node.iter for node in ast.walk(tree) if isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple))
    names = {step.elts[0].value for step in steps.elts}  # type: ignore[attr-defined]  # pairs of a name and an act
    assert {"database", "certificates"} < names
    assert [name for name in sorted(names | {"memory"}) if f"fault-start-{name}" not in texts_of("en")] == []


def test_an_error_is_said_with_its_cause_and_what_to_do_in_each_language() -> None:
    silent = SwitchSilent("switch-silent", cause=TimeoutError("timed out"))
    failed = ApplyFailed("settings-did-not-hold", cause=silent)
    assert problem_text(Problem(where="", rule="apply-failed", cause=failed), "fr") == (
        "Enregistré, mais pas en vigueur\u00a0: la téléphonie fonctionne comme avant. "
        "Les nouveaux réglages n’ont pas tenu\u00a0: Le central ne répond plus (timed out). "
        "Les réglages précédents sont en vigueur."
    )
    assert error_text(silent, "nl").endswith("Kijk op de statuspagina; herstart de centrale.")


def test_every_reason_of_an_explanation_has_a_text() -> None:
    """What random calls through random offices are told, and every reason to end."""
    whys, kinds = set(), set()
    for seed in range(150):
        office = random_office(seed)
        call_path = build_call_path(office)
        for call in random_calls(office, seed, 6):
            dialled = from_outside(call_path, office.site.country, call.number.e164)
            assert dialled.subject is not None
            explanation = walk(office, call_path, dialled.subject, dialled.number, replace(call.now, caller=CALLERS[0]))
            whys |= {step.why for step in explanation.steps}
            kinds |= {step.kind for step in explanation.steps}
    whys |= {f"ends-{reason.value}" for reason in EndReason}
    assert len(whys) > 35
    assert {"rings", "phones-gone", "open", "closed", "busy", "night"} <= whys
    kinds |= {kind.value for kind in NodeKind}
    assert [why for why in sorted(whys) if f"explain-{why}" not in texts_of("en")] == []
    assert [kind for kind in sorted(kinds) if f"kind-{kind}" not in texts_of("en")] == []


def test_every_state_of_a_part_and_its_remedy_has_a_text() -> None:
    named: set[str] = set()
    rooms = sorted((CHECKOUT / "appliance" / "operations").glob("*status*.py"))
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in rooms]
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Part":
            for given in node.keywords:
                if given.arg in {"what", "remedy"}:
                    named |= {f"part-{given.arg}-{word}" for word in _texts(given.value)}
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "failed":
            kinds = zip(("what", "remedy"), node.args[1:3], strict=True)
            named |= {f"part-{kind}-{word}" for kind, place in kinds for word in _texts(place)}
    assert {"part-what-dhcp-stopped", "part-what-answers", "part-remedy-settings-apply"} <= named
    assert named == {key for key in texts_of("en") if key.startswith(("part-what-", "part-remedy-"))}


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_uses_a_text_that_is_not_there(template: Path) -> None:
    for key, following in _KEY_USE.findall(template.read_text(encoding="utf-8")):
        known = texts_of("en")
        if following == "~":
            assert any(one.startswith(key) for one in known), key
        else:
            assert key in known, key


def test_no_template_has_words_of_its_own() -> None:
    """Whatever a person reads comes from the translations; only the product's name stands in a template."""
    for template in TEMPLATES.rglob("*.html"):
        words = re.sub(r"\{[{%#].*?[}%#]\}", " ", template.read_text(encoding="utf-8"), flags=re.DOTALL)
        words = re.sub(r"""<[^>]*>|[a-z-]+="[^"]*\"""", " ", words, flags=re.DOTALL)
        assert re.findall(r"[A-Za-zéèà]{3,}", words.replace("Belbox", "")) == [], template.name


def test_a_hostile_fact_is_only_a_fact() -> None:
    value = "{holder} {0} {value.__class__} ${x} <b>"
    shown = problem_text(Problem(where="number", rule="extension-number-form", facts={"value": value}), "en")
    assert value in shown


def test_a_problem_with_an_unknown_rule_or_without_its_facts_still_says_something() -> None:
    assert "no-rule-of-ours" in problem_text(Problem(where="x", rule="no-rule-of-ours"), "fr")
    assert "…" in problem_text(Problem(where="x", rule="id-twice"), "nl")


def test_a_service_that_holds_a_number_is_named_in_the_readers_language() -> None:
    problem = Problem(where="n", rule="short-number-taken", facts={"value": "999", "service": "company-voicemail"})
    assert "de bedrijfsvoicemail" in problem_text(problem, "nl")
    assert "la messagerie" in problem_text(problem, "fr")


def test_a_text_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        text("no-such-text", "en")


@pytest.mark.parametrize("step", StepName)
def test_every_step_has_its_name_in_every_language(step: StepName) -> None:
    assert {text(f"step-{step}", language) for language in LANGUAGES} != set()


def test_french_marks_stand_behind_a_space_that_does_not_break() -> None:
    """Imprimerie nationale: a no-break space before a colon and inside guillemets, a narrow one before ; ! and ?"""
    for key, words in texts_of("fr").items():
        assert re.search(r"(?<=\w|[)}]) [:;!?](?=\s|$)|« | »", words) is None, (key, words)
