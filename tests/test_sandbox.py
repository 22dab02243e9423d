"""Templates that a person supplies: what they may do, and what ends them."""

from __future__ import annotations

import time

import pytest
from jinja2 import TemplateError

from drafter.sandbox import MAX_SECONDS, Sandbox

FACTS = [{"text": "检查企业62家"}, {"text": "整改隐患85处"}]


def rendered(source: str) -> str:
    """A template rendered with two facts and a word."""
    return Sandbox().render_text(source, {"facts": FACTS, "unit": "某市水务局"})


def test_what_skeletons_do_is_allowed() -> None:
    source = (
        "{% macro row(text) %}{{ text.strip() }}；{% endmacro %}"
        "{{ unit ~ '按照' }}{% for fact in facts %}{{ loop.index }}.{{ row(fact.text) }}{% endfor %}"
        "{{ facts | map(attribute='text') | join('、') }}{{ 7 % 4 }}"
        "{% for n in range(3) %}{{ n }}{% endfor %}"
    )
    assert rendered(source) == (
        "某市水务局按照1.检查企业62家；2.整改隐患85处；检查企业62家、整改隐患85处3012"
    )


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% set x = 1 %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{{ unit }}{% endfor %}",
        "{% macro f(s, n) %}{{ f(s ~ s, n - 1) if n else s }}{% endmacro %}{{ f(unit, 60) }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{{ unit * 999999999 }}",
        "{{ '%999999999s' % unit }}",
        "{{ unit ** 9 }}",
        "{{ unit.ljust(999999999) }}",
        "{{ '{:>999999999}'.format(unit) }}",
        "{{ unit | center(999999999) }}",
        "{{ unit | replace('某', unit) }}",
        "{{ unit.__class__.__mro__ }}",
        "{{ facts.append(1) }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{% set ns = namespace(x=unit) %}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ lipsum(n=99999) }}",
        "{% include 'etc/passwd' %}",
        "{{ missing_variable }}",
    ],
)
def test_what_reaches_out_or_grows_at_will_is_ended(source: str) -> None:
    started = time.monotonic()
    with pytest.raises((TemplateError, TypeError)):
        rendered(source)
    assert time.monotonic() - started < 5 * MAX_SECONDS


def test_every_rendering_has_its_own_allowance() -> None:
    sandbox = Sandbox()
    source = "{% for a in range(20000) %}{% set x = a %}{% endfor %}完"
    assert [sandbox.render_text(source, {}) for _ in range(4)] == ["完"] * 4
