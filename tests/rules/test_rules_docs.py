"""docs/rules.md: its examples load, and its tables are complete."""

import re
from pathlib import Path

import pytest

from mailcase.rules.build_clocks import TOLD
from mailcase.rules.decide import CHAIN
from mailcase.rules.load import load
from mailcase.rules.schema import FILES, ActionForm, CaseForm, CreationRuleForm, ExampleMail, ExpectForm
from mailcase.rules.variables import FOR_REPLY
from rule_cases import SUPPORT

TEXT = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml (\S+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_the_examples_together_are_a_working_desk(tmp_path: Path) -> None:
    for name, content in EXAMPLES:
        (tmp_path / name).write_text(content, encoding="utf-8")

    rules = load(tmp_path, [SUPPORT])

    assert {name for name, _ in EXAMPLES} == set(FILES)
    assert len(rules.creation) == 2


def test_every_variable_is_told_with_its_type() -> None:
    told = re.findall(r"^\| `([a-z_.]+)` \| ([a-z(), ]+) \|", TEXT, re.MULTILINE)

    assert [(variable.name, variable.type.value) for variable in FOR_REPLY] == [
        (name, kind) for name, kind in told if (name, kind) in {(v.name, v.type.value) for v in FOR_REPLY}
    ]


def test_every_policy_is_told_in_its_order() -> None:
    section = TEXT.partition("## What is decided before your rules")[2].partition("\n## ")[0]

    assert re.findall(r"^\| ([a-z ]+) \|", section, re.MULTILINE) == [link.name for link in CHAIN]


@pytest.mark.parametrize("form", [ActionForm, CaseForm, CreationRuleForm, ExampleMail, ExpectForm])
def test_every_key_is_told(form) -> None:
    keys = {field.alias or name for name, field in form.model_fields.items()}

    assert not {key for key in keys if f"`{key}`" not in TEXT}


def test_everybody_who_can_be_told_is_named() -> None:
    assert not {who for who in TOLD if f"`{who}`" not in TEXT}
