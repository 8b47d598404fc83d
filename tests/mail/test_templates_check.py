"""A set of templates with a mistake is refused as a whole, and all of its mistakes are told with file and line."""

from dataclasses import replace
from pathlib import Path

import pytest

from mail.test_render import CUSTOMER, load, replied
from mailcase.errors import Invalid


def mistakes(folder: Path, files: dict[str, str]) -> list[str]:
    with pytest.raises(Invalid) as caught:
        load(folder, files)
    return [problem.removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_all_mistakes_are_told_at_once_in_order(tmp_path) -> None:
    files = {
        "customer/replied.html": "<p>\n{{ case.nubmer }}\n{% if agent %}{{ agnet }}{% endif %}",
        "agent/new_case.subject": "{{ case.title",
        "agent/new_case.txt": "\n\n{{ words|shout }}",
    }
    assert [mistake.split(";")[0] for mistake in mistakes(tmp_path, replied("x", **files))] == [
        "agent/new_case.subject.j2:1: unexpected end of template, expected 'end of print statement'.",
        "agent/new_case.txt.j2:3: there is no filter shout",
        "customer/replied.html.j2:2: there is no field nubmer",
        "customer/replied.html.j2:3: there is no variable agnet",
    ]


def test_a_branch_that_the_samples_never_take_is_checked_too(tmp_path) -> None:
    files = replied("{% if words == 'rare' %}\n{% for file in attachments %}{{ file.path }}{% endfor %}{% endif %}")
    assert mistakes(tmp_path, files) == ["customer/replied.txt.j2:2: there is no field path; there are: name, size."]


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("customer/acknowledged", "words"),
        ("customer/acknowledged", "subject"),
        ("customer/acknowledged", "customer.name"),
        ("customer/acknowledged", "case.title"),
        ("customer/waiting_twice", "words"),
        ("customer/replied", "history"),
        ("customer/replied", "clocks"),
        ("customer/replied", "case.queue"),
    ],
)
def test_what_a_reader_may_not_see_is_no_variable(tmp_path, name, variable) -> None:
    (mistake,) = mistakes(tmp_path, {f"{name}.subject": "s", f"{name}.txt": f"{{{{ {variable} }}}}"})
    assert f"{name}.txt.j2:1: there is no " in mistake


def test_an_include_is_checked_with_the_variables_of_each_place_that_opens_it(tmp_path) -> None:
    files = {
        "customer/acknowledged.subject": "s",
        "customer/acknowledged.txt": '{% include "_sign.txt.j2" %}',
        "_sign.txt": "{{ agent or 'us' }}",
    }
    (mistake,) = mistakes(tmp_path, replied('{% include "_sign.txt.j2" %}', **files))
    assert mistake.startswith("_sign.txt.j2:1: there is no variable agent; there are: articles, case, closes_at, desk")


def test_an_include_sees_the_variables_of_a_loop_around_it(tmp_path) -> None:
    source = '{% for file in attachments %}{% include "_file.txt.j2" %}{% endfor %}'
    load(tmp_path, replied(source, **{"_file.txt": "{{ file.name }}"}))
    first, second = mistakes(tmp_path, {"_file.txt": "{{ file.path }}\n{{ loop.index }}"})
    assert first.startswith("_file.txt.j2:1: there is no field path")
    assert second.startswith("_file.txt.j2:2: there is no variable loop")


def test_a_branch_for_another_type_of_letter_is_left_alone(tmp_path) -> None:
    load(tmp_path, replied("{% if transcript is defined %}{{ transcript }}{% endif %}"))


def test_a_value_that_may_be_missing_is_found_by_the_bare_sample(tmp_path) -> None:
    assert mistakes(tmp_path, replied("\n{{ agent }}")) == [
        "customer/replied.txt.j2:2: a value of type NoneType cannot be printed."
    ]


def test_every_language_and_place_is_tried(tmp_path) -> None:
    files = {"customer/replied.de.txt": "{{ agent }}", "by_queue/billing/customer/replied.txt": "\n{{ agent }}"}
    assert [mistake.partition(": ")[0] for mistake in mistakes(tmp_path, replied("x", **files))] == [
        "by_queue/billing/customer/replied.txt.j2:2",
        "customer/replied.de.txt.j2:1",
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("customer/replied.deu.txt", "this is not the name of a template"),
        ("customer/replied", "this is not the name of a template"),
        ("customer/gone.html", "customer/gone has no text; it needs customer/gone.txt.j2"),
        ("customer/gone.txt", "customer/gone has no subject; it needs customer/gone.subject.j2"),
    ],
)
def test_a_file_that_could_never_serve_is_told(tmp_path, name, said) -> None:
    mistake = mistakes(tmp_path, replied("x", **{name: "x"}))[-1]
    assert mistake.startswith(f"{name}.j2:1: {said}")


def test_files_that_are_no_utf8_or_too_large_are_told(tmp_path) -> None:
    (tmp_path / "customer").mkdir()
    (tmp_path / "customer/a.txt.j2").write_bytes(b"\xff")
    (tmp_path / "customer/b.txt.j2").write_bytes(b"x" * 100_001)
    first, second = mistakes(tmp_path, {"customer/a.subject": "s", "customer/b.subject": "s"})[:2]
    assert "a template is UTF-8 text: invalid start byte at octet 0" in first + second
    assert "a template has 100000 octets at most" in first + second


def test_a_template_nested_too_deep_is_told(tmp_path) -> None:
    (mistake,) = mistakes(tmp_path, replied("{% if words %}" * 500 + "{% endif %}" * 500))
    assert "it is nested too deep" in mistake


def test_a_loaded_set_stays_as_it_was_when_the_files_change(tmp_path) -> None:
    templates = load(tmp_path, replied("old"))
    load(tmp_path, replied("new"))
    assert templates.render("customer/replied", replace(CUSTOMER, words="")).text == "old\n"
