"""texts.conf: what people typed and phones show; the dial plan reads it there and never holds it itself."""

from __future__ import annotations

from appliance.compiler.conf_text import Section, render_sections
from appliance.compiler.config_file import WHEN_ASKED
from appliance.compiler.object_names import subject_context
from appliance.office.auto_attendant import CODE_IN_LABEL
from appliance.office.call_path.steps import CallPath, NodeId
from appliance.office.office import Office

PATH = "texts.conf"
RELOAD = WHEN_ASKED
MODULES = "func_config"
SECRET = False

CODE_PLACE = "%code%"  # the dial plan's functions cannot take braces


def render(office: Office, call_path: CallPath) -> str:
    """Return the text of texts.conf."""
    sections = [Section("company", (("name", office.site.company_name),))]
    for subject in sorted(call_path.labels):
        text = call_path.labels[subject].replace(CODE_IN_LABEL, CODE_PLACE)
        sections.append(Section(text_section(subject), (("label", text),)))
    return render_sections(sections)


def text_section(subject: NodeId) -> str:
    """Return the section that holds a subject's texts."""
    return f"{subject_context(subject)}-{subject.part}" if subject.part else subject_context(subject)
