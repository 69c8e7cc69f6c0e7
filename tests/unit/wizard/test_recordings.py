"""Recordings of prompts and music, given to the box as a file."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from tests.edges.edged_box import EdgedBox, MakeBox
from tests.offices import two_phones
from tests.sounds import wav_file
from tests.unit.wizard.browser import Person

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    return make_box(two_phones())


def give(person: Person, path: str, page: str, content: bytes, called: str, **fields: str) -> str:
    """Upload a file as a browser does, and return the page that this leads to."""
    token = _TOKEN.search(person.see(page))
    assert token is not None
    data = {"csrf_token": token[1], "file": (io.BytesIO(content), called), **fields}
    answer = person.client.post(path, data=data, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # the client's own file of what it sent
    assert answer.status_code == 303
    return person.see(answer.headers["Location"])


@pytest.mark.feature("H3", by="page")
def test_a_file_becomes_a_prompt_that_is_heard_on_its_page_and_made_for_the_switch(
    box: EdgedBox, tmp_path: Path
) -> None:
    person, sound = Person(box), wav_file(tmp_path / "Welkom.wav").read_bytes()
    page = give(person, "/settings/recordings/prompt", "/settings/prompt", sound, "Welkom bij De Mooi.wav")
    assert "De opname is in gebruik." in page
    (prompt,) = box.office.prompts
    assert (prompt.name, prompt.text) == ("Welkom bij De Mooi", "")
    heard = re.search(r'<audio[^>]* src="([^"]+)"', page)
    assert heard is not None
    assert person.client.get(heard[1]).data.startswith(b"RIFF")
    assert (box.box.paths.prompts / f"{prompt.sound}.wav").is_file()


@pytest.mark.feature("H3", by="page")
def test_a_recording_takes_the_place_of_a_spoken_text_and_gives_it_back(box: EdgedBox, tmp_path: Path) -> None:
    person = Person(box)
    person.send_and_follow("/settings/prompt/add", {"name": "Gesloten", "text": "Wij zijn gesloten.", "seen": ""})
    (spoken,) = box.office.prompts
    place = f"/settings/prompt/of/{spoken.id}"
    upload = f"/settings/recordings/prompt/of/{spoken.id}"
    give(person, upload, place, wav_file(tmp_path / "a.wav").read_bytes(), "a.wav")
    (recorded,) = box.office.prompts
    assert (recorded.text, bool(recorded.audio)) == ("Wij zijn gesloten.", True)
    person.send_and_follow(f"{upload}/drop", {"recording": recorded.audio}, page=place)
    assert box.office.prompts == (spoken,)


@pytest.mark.feature("H3")
def test_a_prompt_without_a_text_keeps_its_only_recording(box: EdgedBox, tmp_path: Path) -> None:
    person = Person(box)
    give(
        person, "/settings/recordings/prompt", "/settings/prompt", wav_file(tmp_path / "a.wav").read_bytes(), "a.wav",
        name="Welkom",
    )  # fmt: skip
    (prompt,) = box.office.prompts
    place = f"/settings/recordings/prompt/of/{prompt.id}/drop"
    page = person.send_and_follow(place, {"recording": prompt.audio}, page=f"/settings/prompt/of/{prompt.id}")
    assert "zou niets zeggen" in page
    assert box.office.prompts == (prompt,)


@pytest.mark.feature("H3", by="page")
def test_music_is_as_many_files_as_one_likes(box: EdgedBox, tmp_path: Path) -> None:
    person = Person(box)
    first, second = (wav_file(tmp_path / f"{seconds}.wav", seconds=seconds).read_bytes() for seconds in (1.0, 2.0))
    give(person, "/settings/recordings/music", "/settings/music", first, "first.wav", name="Piano")
    (music,) = box.office.music
    place = f"/settings/music/of/{music.id}"
    page = give(person, f"/settings/recordings/music/of/{music.id}", place, second, "second.wav")
    assert page.count("<audio") == 2
    gone, kept = box.office.music[0].recordings
    person.send_and_follow(f"/settings/recordings/music/of/{music.id}/drop", {"recording": gone}, page=place)
    assert box.office.music[0].recordings == (kept,)


@pytest.mark.feature("H3")
@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"Welkom bij De Mooi.\n" * 50, "welkom.wav", "Neem een gewoon WAV- of AIFF-bestand"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 200, "welkom.mp3", "Neem een gewoon WAV- of AIFF-"),
        (b"", "empty.wav", "Neem een gewoon WAV- of AIFF-bestand"),
        (b"", "", "Kies eerst een geluidsbestand."),
    ],
    ids=["a text", "an MP3", "nothing in it", "no file"],
)
def test_what_is_no_recording_is_told_and_changes_nothing(box: EdgedBox, content: bytes, name: str, said: str) -> None:
    page = give(Person(box), "/settings/recordings/prompt", "/settings/prompt", content, name)
    assert said in page
    assert box.office.prompts == ()
    assert list(box.box.paths.recordings.glob("*")) == []


def test_only_a_recording_may_be_as_long_as_one(box: EdgedBox, tmp_path: Path) -> None:
    person = Person(box)
    sound = wav_file(tmp_path / "long.wav", seconds=20.0).read_bytes()
    assert len(sound) > 1_000_000
    give(person, "/settings/recordings/prompt", "/settings/prompt", sound, "long.wav")
    answer = person.client.post("/settings/prompt/add", data={"file": (io.BytesIO(sound), "long.wav")})
    answer.request.environ["wsgi.input"].close()
    assert answer.status_code == 413
