"""Conditions: what decided is told, an error is an error, and what is quoted stays quoted."""

import pytest

from mailcase.rules.expression import Environment, Faulty, Truth
from mailcase.rules.tokens import conjuncts, string_value, tokens
from mailcase.rules.variables import FOR_NEW, Type

ENVIRONMENT = Environment(FOR_NEW)
EMPTY = {Type.STRING: "", Type.BOOL: False, Type.INT: 0, Type.STRINGS: [], Type.HEADERS: {}}


def evaluate(condition: str, /, **values):
    known = {v.name: EMPTY[v.type] for v in FOR_NEW if v.type in EMPTY} | values
    return ENVIRONMENT.compile(condition).evaluate(ENVIRONMENT.activation(known))


@pytest.mark.parametrize(
    ("text", "values", "truth", "why"),
    [
        ("", {}, "true", "no condition"),
        ("// nothing but a comment", {}, "true", "no condition"),
        ("subject == 'a'", {"subject": "a"}, "true", "subject == 'a' is true"),
        ("subject == 'a' && text == 'b'", {"subject": "a"}, "false", "text == 'b' is false"),
        ("subject == 'a' || text == 'b'", {"text": "b"}, "true", "text == 'b' is true"),
        ("subject == 'a' || text == 'b'", {}, "false", "subject == 'a' || text == 'b' is false"),
        ("subject == 'a && b'", {}, "false", "subject == 'a && b' is false"),
        ("(subject == 'a' && text == 'b')", {}, "false", "(subject == 'a' && text == 'b') is false"),
        ("subject == 'a'\n  && text == 'b'", {"text": "b"}, "false", "subject == 'a' is false"),
        ("to.exists(t, t == 'a' && t != 'b')", {}, "false", "to.exists(t, t == 'a' && t != 'b') is false"),
    ],
)
def test_the_part_that_decided_is_told(text: str, values: dict, truth: str, why: str) -> None:
    verdict = evaluate(text, **values)

    assert (verdict.truth, verdict.why) == (truth, why)


def test_an_error_is_neither_true_nor_false() -> None:
    verdict = evaluate("1 / (subject.size() - 2) > 0", subject="ab")

    assert verdict.truth is Truth.ERROR
    assert verdict.why == "divide by zero in 1 / (subject.size() - 2) > 0"


def test_the_other_side_of_an_or_heals_an_error_as_cel_says() -> None:
    assert evaluate("1 / (subject.size() - 2) > 0 || true", subject="ab").truth is Truth.TRUE


def test_an_exhausted_budget_is_an_error() -> None:
    many, files = [f"a{n}@b.c" for n in range(150)], [f"{n}.pdf" for n in range(100)]
    condition = "attachments.names.all(n, to.all(t, t != n))"

    assert evaluate(condition, **{"to": many, "attachments.names": files}).truth is Truth.ERROR


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a && b && c", ("a", "b", "c")),
        ("a && b || c", ("a && b", "c")),
        ("a ? b && c : d && e", ("a ? b && c : d && e",)),
        ("f(a && b) && [c || d] == e", ("f(a && b)", "[c || d] == e")),
        ("a == '&&' && b // && c", ("a == '&&'", "b // && c")),
        ("a == r'\\' && b", ("a == r'\\'", "b")),
        ("a == '''x' && 'y''' && b", ("a == '''x' && 'y'''", "b")),
        ("", ("",)),
    ],
)
def test_an_expression_falls_apart_at_its_outermost_sign(text: str, parts: tuple[str, ...]) -> None:
    assert conjuncts(text) == parts


@pytest.mark.parametrize(
    "literal",
    ["'a'", '"a"', r"'\n\t\\'", r"r'\n'", r'R"\d"', "'''it's'''", '"""a"b"""', r"'\x41é\U0001F600\101'", r"'\'\"'"],
)
def test_a_literal_is_read_as_cel_reads_it(literal: str) -> None:
    (token,) = tokens(literal)

    assert evaluate(f"subject == {literal}", subject=string_value(token)).truth is Truth.TRUE


@pytest.mark.parametrize(
    "text",
    [
        "text.matches('x')",
        "'x'.matches('x')",
        "duration('1h30m') > duration('90s')",
        "timestamp('2026-03-02T10:00:00+01:00') < now",
        "now.getDayOfWeek('Europe/Berlin') in [0, 6]",
        "now.getHours('+02:00') > 3",
        "kind in ['human', 'bulk']",
        "'a@b.c' in to",
        "['a', 'b'].exists(x, x == subject)",
        "headers['list-id'] == ''",
        "attachments.names.exists(n, n.endsWith('.exe'))",
        "customer.is_known ? account.is_known : language == 'en'",
    ],
)
def test_ordinary_conditions_are_accepted(text: str) -> None:
    assert ENVIRONMENT.compile(text).text == text


def test_all_faults_of_an_expression_are_told_at_once() -> None:
    with pytest.raises(Faulty) as error:
        ENVIRONMENT.compile("subjct == 'a' &&\n  txt == 'b'")

    assert [(fault.line, fault.column) for fault in error.value.faults] == [(1, 1), (2, 3)]
