"""What templates call to translate says the same as Jinja's own, on pages and in letters."""

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale, refresh
from jinja2 import Environment

from app.core.translating import install


@pytest.mark.parametrize(("locale", "said"), [("zh_Hans", "首页"), ("en", "Home")])
def test_a_text_follows_the_readers_language(app: Flask, locale: str, said: str) -> None:
    with app.test_request_context("/", headers={"Cookie": f"language={locale}"}):
        refresh()  # the tests' application context has its language already
        assert render_template_string("{% for _i in [1, 2] %}{{ _('Home') }}{% endfor %}") == said * 2
        assert render_template_string("{% trans %}Home{% endtrans %}") == said
        with force_locale("en"):
            assert render_template_string("{{ _('Home') }}") == "Home"
        assert render_template_string("{{ _('Home') }}") == said


def test_numbers_choose_the_form_and_are_a_variable(app: Flask) -> None:
    source = "{{ ngettext('%(num)s mark', '%(num)s marks', number) }}"
    for locale, said in (("en", ["1 mark", "2 marks"]), ("zh_Hans", ["1分", "2分"])):
        with app.test_request_context("/", headers={"Cookie": f"language={locale}"}):
            refresh()
            assert [render_template_string(source, number=number) for number in (1, 2)] == said


def test_pages_escape_variables_and_letters_do_not() -> None:
    page, letter = Environment(autoescape=True), Environment()  # noqa: S701 - letters are plain text
    for environment in (page, letter):
        install(environment)
    source = "{{ _('no such text %(name)s', name='<b>') }} {{ _('100%% and <i>') }}"
    assert letter.from_string(source).render() == "no such text <b> 100% and <i>"
    assert page.from_string(source).render() == "no such text &lt;b&gt; 100% and <i>"
