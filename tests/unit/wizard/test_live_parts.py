"""What is sent of a live part when a little of it changed."""

from __future__ import annotations

from wizard.live_parts import Sent

LINES = '<p id="said">All is well &amp; quiet.<br>Yes</p>\n<ul id="lines" class="rows" data-rows>\n{rows}\n</ul>\n'
ONE = '<li id="one"><div><span>ready</span><input name="a" value="1 > 0"></div></li>'
TWO = '<li id="two">gone</li>'


def page(*rows: str) -> str:
    return LINES.format(rows="\n".join(rows))


def test_all_is_sent_first_and_then_nothing_until_something_changes() -> None:
    sent = Sent()
    first = sent.news(page(ONE, TWO))
    assert '<p id="said">All is well &amp; quiet.<br>Yes</p>' in first
    assert f'<ul id="lines" class="rows" data-rows data-keep="one two">{ONE}{TWO}</ul>' in first
    assert sent.news(page(ONE, TWO)) == ""


def test_a_row_that_changed_is_sent_alone_with_the_names_of_all() -> None:
    sent = Sent()
    sent.news(page(ONE, TWO))
    changed = TWO.replace("gone", "ready")
    assert sent.news(page(ONE, changed)) == (
        f'<ul id="lines" class="rows" data-rows data-keep="one two">{changed}</ul>'
    )
    assert sent.news(page(ONE)) == '<ul id="lines" class="rows" data-rows data-keep="one"></ul>'
    assert sent.news(page(ONE).replace("quiet", "loud")) == '<p id="said">All is well &amp; loud.<br>Yes</p>'
