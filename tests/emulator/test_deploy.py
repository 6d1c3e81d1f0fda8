"""What deploying needs no emulator for."""

import json
import os
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from passrole.emulator import DeploymentError, deploy
from passrole.emulator.deploy import zip_directory


class NoEmulator:
    """Stands for an emulator whose clients are never used."""

    account = "111122223333"
    region = "us-east-1"

    def client(self, service: str, region: str | None = None) -> Any:
        return f"no {service} in {region}"


def test_the_same_content_gives_the_same_archive(tmp_path: Path) -> None:
    for name, time in (("one", 1_000_000_000), ("two", 1_600_000_000)):
        folder = tmp_path / name / "package"
        folder.mkdir(parents=True)
        for file in ("b.py", "a.py"):
            (folder / file).write_text(file)
            os.utime(folder / file, (time, time))

    first = zip_directory(tmp_path / "one")

    assert first == zip_directory(tmp_path / "two")
    assert zipfile.ZipFile(BytesIO(first)).namelist() == ["package/a.py", "package/b.py"]


def test_a_directory_without_an_assembly_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="no cloud assembly here; run `cdk synth` first"):
        deploy(NoEmulator(), tmp_path, "Guard")


def test_an_unknown_stack_is_answered_with_those_that_there_are(tmp_path: Path) -> None:
    artifacts = {
        "Guard": {"type": "aws:cloudformation:stack", "properties": {}},
        "Tree": {"type": "cdk:tree"},
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))

    with pytest.raises(DeploymentError, match="no stack 'Other'; it holds Guard"):
        deploy(NoEmulator(), tmp_path, "Other")


def test_a_missing_asset_is_named(tmp_path: Path) -> None:
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "t.json"}}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"Guard": stack}}))
    asset = {"source": {"path": "asset.1", "packaging": "zip"}, "destinations": {}}
    (tmp_path / "Guard.assets.json").write_text(json.dumps({"files": {"1": asset}}))

    with pytest.raises(DeploymentError, match=r"asset\.1: the asset is missing"):
        deploy(NoEmulator(), tmp_path, "Guard")
