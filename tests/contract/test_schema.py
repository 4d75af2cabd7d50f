"""The published schemas and tables are those of the code; what editors accept is what we read."""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from tests.contract.larkspur import CONTRACT, FOLDER, WIRING, changed

from ourword.contract.keys import CONTRACT as CONTRACT_KEYS
from ourword.contract.keys import WIRING as WIRING_KEYS
from ourword.contract.read import read
from ourword.contract.schema import contract_schema, wiring_schema
from ourword.errors import ContractError

ROOT = Path(__file__).parents[2]
SCHEMAS = {"contract": Draft202012Validator(contract_schema()), "wiring": Draft202012Validator(wiring_schema())}


def as_editors_read(text: str) -> Any:
    """YAML as an editor's checker sees it: `1` is a number, `true` is true, a date is text."""
    return _plain(YAML(typ="safe", pure=True).load(text))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_are_json_schemas(name):
    Draft202012Validator.check_schema(SCHEMAS[name].schema)


@pytest.mark.parametrize(
    "path",
    sorted(path for name in ("contract", "wiring") for path in FOLDER.parent.glob(f"*/{name}.yaml")),
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_every_example_fits_the_schema(path):
    errors = list(SCHEMAS[path.stem].iter_errors(as_editors_read(path.read_text("utf-8"))))

    assert errors == []


@pytest.mark.parametrize(
    "change",
    [
        {"rights:": "rigths:"},
        {"rights: autonomous": "rights: automatic"},
        {"explore: true": "explore: perhaps"},
        {"steps: 2": "steps: -1"},
        {"    owner: mara\n": ""},
        {"then: {ask: [confirmed]}": "then: {aks: [confirmed]}"},
        {"{id: care, role: desk": "{id: care, role: robot"},
        {"ourword: 1": "ourword: 2"},
    ],
)
def test_what_we_cannot_read_an_editor_underlines(change):
    text = changed(CONTRACT, change)

    assert list(SCHEMAS["contract"].iter_errors(as_editors_read(text))) != []
    with pytest.raises(ContractError):
        read(text.encode(), WIRING.encode())


def test_an_unknown_key_of_the_wiring_is_underlined():
    text = changed(WIRING, {"stated_by: customer": "statd_by: customer"})

    assert list(SCHEMAS["wiring"].iter_errors(as_editors_read(text))) != []


def test_what_is_published_is_what_the_code_says():
    """After a change to the table of keys: `python docs/reference/publish.py`."""
    spec = importlib.util.spec_from_file_location("publish", ROOT / "docs" / "reference" / "publish.py")
    publish = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(publish)

    assert {path.name: path.read_text("utf-8") for path in publish.published()} == {path.name: text for path, text in publish.published().items()}


@pytest.mark.parametrize("key", [*CONTRACT_KEYS, *WIRING_KEYS], ids=lambda key: key.path)
def test_every_key_has_one_sentence(key):
    assert key.doc[0].isupper()
    assert key.doc.endswith(".")


def test_every_key_stands_once():
    for keys in (CONTRACT_KEYS, WIRING_KEYS):
        assert len({key.path for key in keys}) == len(keys)
