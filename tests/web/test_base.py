"""The frame of every page: what it shows to whom, and what no template may hold."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from loyalty_admin.accounts.models import User

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
STATIC = settings.BASE_DIR / "static"
# What inline code looks like: a script without `src`, a style, or an attribute that holds either.
INLINE = re.compile(
    r"<script(?![^>]*\ssrc=)|<style|\sstyle\s*=|<[^>]*\s(?:on[a-z]+|hx-on[:\w-]*)\s*=|javascript:|\|\s*safe\b",
    re.IGNORECASE,
)


def page(user: Any, **context: Any) -> str:
    request = RequestFactory().get("/activity/")
    request.user = user
    context.setdefault("connections_needing_sign_in", [])
    return render_to_string("base.html", context, request)


def chain(*connections: str) -> SimpleNamespace:
    linked = [SimpleNamespace(pk=n, name=name) for n, name in enumerate(connections, start=1)]
    return SimpleNamespace(
        id=1101,
        chain=SimpleNamespace(title="Lotus <Spa>"),
        connection=linked[0],
        connections=tuple(linked),
    )


def test_no_template_holds_inline_code() -> None:
    found = {path.name: INLINE.findall(path.read_text()) for path in TEMPLATES}
    assert {name: code for name, code in found.items() if code} == {}


def test_the_search_for_inline_code_finds_it() -> None:
    texts = (
        "<script>x</script>",
        '<script type="module">',
        "<style>",
        '<p style="a">',
        '<a onclick="x">',
        '<a class="b"\n onclick="x">',
        '<a hx-on:click="x">',
        "{{ title|safe }}",
    )
    assert [text for text in texts if not INLINE.search(text)] == []


def test_own_assets_stay_within_their_budget() -> None:
    for path, budget in (("css/app.css", 12), ("js/app.js", 6)):
        assert len(gzip.compress((STATIC / path).read_bytes(), mtime=0)) <= budget * 1024, path


def test_the_sprite_holds_the_icons_that_templates_name_and_no_others() -> None:
    known = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons/sprite.svg").read_text()))
    fragment = re.compile(r"""(?:sprite|sprite\.svg['"]) [%}]}#([^"]+)""")
    by_tag = re.compile(r"""(?:\{% icon |icon=|icon_of\()"([a-z-]+)\"""")
    components = settings.BASE_DIR / "loyalty_admin/web/templatetags/components.py"
    used = {
        name
        for path in [*TEMPLATES, components]
        for named in [*fragment.findall(path.read_text()), *by_tag.findall(path.read_text())]
        for name in re.findall(r"(?:^|%\})([a-z-]+)", named)
    }
    # Named by a variable: of every notice that names no other, and of the archive's switch.
    used |= {"alert", "archive", "unarchive"}
    assert {"link", "log-out"} <= used
    assert used == known


def test_a_stranger_sees_the_brand_and_no_navigation() -> None:
    html = page(AnonymousUser())
    assert "Loyalty Admin" in html
    assert "<nav" not in html
    assert reverse("accounts:logout") not in html


@pytest.mark.django_db
def test_a_person_sees_the_way_to_their_pages_and_out(viewer: User) -> None:
    html = page(viewer)
    assert "Vera Viewer" in html
    assert f'action="{reverse("accounts:logout")}"' in html
    assert reverse("connections:index") in html
    assert reverse("audit:index") in html


@pytest.mark.django_db
def test_only_managers_see_staff(viewer: User, manager: User) -> None:
    assert reverse("accounts:staff") not in page(viewer)
    assert reverse("accounts:staff") in page(manager)


@pytest.mark.django_db
def test_the_chain_is_named_and_escaped(viewer: User) -> None:
    html = page(viewer, ctx=chain("Director"))
    assert "Lotus &lt;Spa&gt;" in html
    assert reverse("membership_types:index", args=[1101]) in html
    assert "Director" in html


@pytest.mark.django_db
def test_one_connection_leaves_nothing_to_choose(viewer: User) -> None:
    choice = reverse("chains:choose_connection", args=[1101])
    assert choice not in page(viewer, ctx=chain("Director"))
    html = page(viewer, ctx=chain("Director", "Assistant"))
    assert choice in html
    assert re.search(r'name="connection" value="1"\s+aria-current="true"', html)
    assert re.search(r'name="connection" value="2"\s*>', html)


@pytest.mark.django_db
def test_a_connection_that_needs_a_sign_in_is_named_with_the_way_out(
    viewer: User, manager: User
) -> None:
    ended = [SimpleNamespace(pk=7, name="Director <b>")]
    link = reverse("connections:sign_in", args=[7])
    seen_by_viewer = page(viewer, connections_needing_sign_in=ended)
    assert "Director &lt;b&gt;" in seen_by_viewer
    assert link not in seen_by_viewer
    assert link in page(manager, connections_needing_sign_in=ended)


@pytest.mark.django_db
def test_messages_are_announced_by_how_grave_they_are(viewer: User) -> None:
    html = page(
        viewer,
        messages=[Message(constants.SUCCESS, "Saved."), Message(constants.ERROR, "<b>Refused")],
    )
    assert re.search(r'class="notice good" role="status"', html)
    assert re.search(r'class="notice bad" role="alert"', html)
    assert "&lt;b&gt;Refused" in html


def test_error_pages_need_neither_request_nor_database() -> None:
    for template in ("400.html", "403.html", "403_csrf.html", "404.html", "500.html"):
        html = render_to_string(template)
        assert "<h1>" in html, template
        assert f'href="{reverse("chains:enter")}"' in html, template


@pytest.mark.django_db
def test_an_unknown_address_shows_a_page_with_a_way_back(
    sign_in: Callable[[User], Client], viewer: User
) -> None:
    answer = sign_in(viewer).get("/nowhere/")
    assert answer.status_code == 404
    html = answer.content.decode()
    assert html.count("<h1>") == 1
    assert f'href="{reverse("chains:enter")}"' in html


def test_every_script_and_style_is_a_file_of_our_own() -> None:
    html = page(AnonymousUser())
    addresses = re.findall(r'<(?:script|link)[^>]*\s(?:src|href)="([^"]+)"', html)
    assert len(addresses) == 4
    assert not any(urlsplit(address).netloc for address in addresses)


def problem(**context: Any) -> str:
    context = {"title": "No answer", "sentence": "Why it failed.", **context}
    return render_to_string("errors/altegio.html#problem", context)


def test_a_problem_escapes_what_altegio_says() -> None:
    html = problem(message="<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)" in html
    assert "data-problem" in html
    assert "<html" not in html


@pytest.mark.django_db
def test_a_problem_on_a_whole_page_has_one_heading(viewer: User) -> None:
    request = RequestFactory().get("/")
    request.user = viewer
    context = {"title": "No answer", "sentence": "Why it failed."}
    html = render_to_string("errors/altegio.html", context, request)
    assert html.count("No answer</h") == 1
    assert "<h1>No answer</h1>" in html


def test_a_toast_goes_where_its_gravity_is_announced() -> None:
    places = {"good": "toasts", "info": "toasts", "warn": "alerts", "bad": "alerts"}
    for level, place in places.items():
        html = render_to_string("components/toast.html", {"level": level, "text": "<b>Saved"})
        assert f'<div id="{place}" hx-swap-oob="beforeend">' in html
        assert "&lt;b&gt;Saved" in html
        assert html.count('class="toast') == 1


def pager(number: int, **context: Any) -> str:
    request = RequestFactory().get("/?q=spa&page=9")
    context["page"] = Paginator(range(120), 50).page(number)
    return render_to_string("components/pager.html", context, request)


def test_the_pager_keeps_the_search_and_says_where_it_is() -> None:
    html = pager(2)
    assert 'href="?q=spa&amp;page=1"' in html
    assert 'href="?q=spa&amp;page=3"' in html
    assert "51–100 of 120" in html
    assert "hx-get" not in html


def test_the_pager_ends_where_the_list_ends() -> None:
    assert 'rel="prev"' not in pager(1)
    assert 'rel="next"' not in pager(3)


def test_the_pager_swaps_a_target_and_keeps_the_address() -> None:
    html = pager(1, target="#types")
    assert 'hx-get="?q=spa&amp;page=2" hx-target="#types" hx-push-url="true"' in html


class Example(forms.Form):
    title = forms.CharField(help_text="Clients <see> it.")
    price = forms.DecimalField(disabled=True, required=False)
    online = forms.BooleanField(required=False)
    balance = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    nonce = forms.CharField(widget=forms.HiddenInput)


def test_a_field_is_tied_to_its_label_help_and_errors() -> None:
    html = Example({})["title"].as_field_group()
    assert '<div class="field invalid">' in html
    assert '<label for="id_title">' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert "Clients &lt;see&gt; it." in html


def test_choices_are_a_fieldset_with_a_legend() -> None:
    html = Example({})["balance"].as_field_group()
    assert re.search(r'<fieldset class="[^"]*invalid"\s+aria-describedby="id_balance_error">', html)
    assert re.search(r"<legend>\s*Balance", html)


def test_a_checkbox_stands_before_its_label() -> None:
    html = Example()["online"].as_field_group()
    assert html.index("<input") < html.index("<label")


def test_a_field_that_cannot_be_changed_is_marked() -> None:
    assert 'class="lock"' in Example()["price"].as_field_group()
    assert 'class="lock"' not in Example()["title"].as_field_group()


def test_a_hidden_field_is_only_its_control() -> None:
    assert Example()["nonce"].as_field_group().strip().startswith("<input")


def test_errors_of_the_whole_form_are_an_alert() -> None:
    form = Example({})
    form.add_error(None, "Altegio <refused> this.")
    html = str(form.non_field_errors())
    assert 'class="notice bad" role="alert"' in html
    assert "Altegio &lt;refused&gt; this." in html
