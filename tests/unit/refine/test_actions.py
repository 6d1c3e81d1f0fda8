"""The names of AWS's actions."""

import json
from pathlib import Path

import pytest

from passrole.language.context import fold
from passrole.refine.actions import load_actions, read_reference


def test_each_service_has_its_actions_once() -> None:
    actions = load_actions()

    assert len(actions) > 400
    assert {"PassRole", "GetRole"} <= set(actions["iam"])
    for prefix, names in actions.items():
        assert prefix == fold(prefix)
        assert names
        assert len(set(map(fold, names))) == len(names)


def test_a_download_of_the_service_reference_is_read(tmp_path: Path) -> None:
    service = {"Name": "S3", "Actions": [{"Name": "GetObject"}, {"Name": "CreateBucket"}]}
    (tmp_path / "s3.json").write_text(json.dumps(service))
    (tmp_path / "none.json").write_text(json.dumps({"Name": "none", "Actions": []}))
    (tmp_path / "index.json").write_text(json.dumps([{"service": "s3"}]))

    assert read_reference(tmp_path) == {"s3": ("CreateBucket", "GetObject")}


def test_a_file_that_is_no_json_is_told(tmp_path: Path) -> None:
    (tmp_path / "s3.json").write_text("{")
    with pytest.raises(ValueError, match="Expecting"):
        read_reference(tmp_path)
