"""Write what is published from the table of keys: two JSON Schemas and the tables in the reference. Run from anywhere."""

from __future__ import annotations

import json
from pathlib import Path

from ourword.contract.keys import CONTRACT_SHAPE, WIRING_SHAPE
from ourword.contract.reference import placed, reference
from ourword.contract.schema import contract_schema, wiring_schema

HERE = Path(__file__).parent


def published() -> dict[Path, str]:
    """Every published file with the text it must have."""
    files = {HERE / f"{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in _SCHEMAS.items()}
    for name, shape in (("contract", CONTRACT_SHAPE), ("wiring", WIRING_SHAPE)):
        page = HERE / f"{name}.md"
        files[page] = placed(page.read_text(encoding="utf-8"), reference(shape))
    return files


_SCHEMAS = {"contract": contract_schema(), "wiring": wiring_schema()}

if __name__ == "__main__":
    for path, text in published().items():
        path.write_text(text, encoding="utf-8")
