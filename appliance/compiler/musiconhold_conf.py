"""musiconhold.conf: what a waiting caller hears."""

from __future__ import annotations

from appliance.compiler.conf_text import Section, render_sections
from appliance.compiler.object_names import music_class
from appliance.compiler.target import AsteriskTarget
from appliance.office.office import Office

PATH = "musiconhold.conf"
RELOAD = "res_musiconhold.so"
MODULES = "res_musiconhold"
SECRET = False


def render(office: Office, target: AsteriskTarget) -> str:
    """Return the text of musiconhold.conf; `default` is the music Belbox brings along."""
    sections = [Section("default", (("mode", "files"), ("directory", f"{target.directories.data}/moh")))]
    for music in office.music:
        entries = tuple(("entry", f"{target.directories.prompts}/{piece.sound}") for piece in music.pieces())
        sections.append(Section(music_class(music.id), (("mode", "playlist"), *entries), comment=music.name))
    return render_sections(sections)
