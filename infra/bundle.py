"""The Lambda bundle: our code and its hashed dependencies, pure Python, built without Docker.

One bundle serves all functions, so that it is uploaded once. Dependencies and the bundle are cached apart,
each under a hash of what it is made of: a change of our code installs nothing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from infra.files import publish_directory

REQUIREMENTS = Path("requirements/lambda.txt")
PYTHON_VERSION = "3.13"

SOURCES = ("passrole", "lambdas")
# People's tools, and what reads YAML: it needs a parser and a validator.
EXCLUDED_SOURCES = (
    "passrole/audit",
    "passrole/catalogue/generator",
    "passrole/cli",
    "passrole/demo",
    "passrole/detection/judged.py",
    "passrole/emulator",
    "passrole/news/resending.py",
    "passrole/policy/checks",
    "passrole/policy/exchange",
    "passrole/policy/load.py",
    "passrole/policy/source",
    "passrole/preview",
    "passrole/quarantine/page.py",
    "passrole/refine",
    "passrole/stack.py",
    "passrole/suggest",
    "passrole/sweep/page.py",
)
_SOURCE_SUFFIXES = (".py", ".json", ".jsonl")

# The API models that the functions use, out of some 400: the rest is 25 MB that would be uploaded, unpacked
# and never read. A quarantine module, a look-up of references or a listing that calls another service adds it
# here.
BOTOCORE_SERVICES = (
    "account",
    "aiops",
    "amp",
    "amplify",
    "apigateway",
    "apigatewayv2",
    "appconfig",
    "appflow",
    "apprunner",
    "appstream",
    "appsync",
    "athena",
    "autoscaling",
    "backup",
    "batch",
    "bedrock",
    "bedrock-agent",
    "bedrock-agentcore-control",
    "budgets",
    "cloudformation",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "codedeploy",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "config",
    "databrew",
    "datasync",
    "datazone",
    "dax",
    "deadline",
    "devicefarm",
    "dlm",
    "dms",
    "dynamodb",
    "ec2",
    "ecs",
    "efs",
    "eks",
    "elasticbeanstalk",
    "emr",
    "emr-containers",
    "emr-serverless",
    "entityresolution",
    "events",
    "firehose",
    "fis",
    "gamelift",
    "glue",
    "grafana",
    "guardduty",
    "iam",
    "imagebuilder",
    "iot",
    "iotsitewise",
    "iottwinmaker",
    "iotwireless",
    "kafka",
    "kafkaconnect",
    "kendra",
    "kinesisanalyticsv2",
    "lambda",
    "lexv2-models",
    "logs",
    "m2",
    "mailmanager",
    "medialive",
    "mwaa",
    "omics",
    "opensearch",
    "osis",
    "pcs",
    "personalize",
    "pipes",
    "qbusiness",
    "rds",
    "redshift",
    "redshift-serverless",
    "rekognition",
    "resiliencehub",
    "rolesanywhere",
    "s3",
    "s3control",
    "sagemaker",
    "scheduler",
    "secretsmanager",
    "securityhub",
    "sesv2",
    "sns",
    "sqs",
    "ssm",
    "stepfunctions",
    "storagegateway",
    "sts",
    "synthetics",
    "timestream-query",
    "transfer",
    "workspaces",
)
_BOTOCORE_FILES = ("_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json")
# Of a package's metadata stay the version and the licence.
_DIST_INFO = ("METADATA", "licenses", "LICENSE", "LICENSE.txt", "NOTICE")
_PRUNED_DIRECTORIES = ("__pycache__", "tests", "bin", "examples")
_COMPILED_SUFFIXES = (".so", ".pyd", ".dylib", ".pyc")


class BundleError(Exception):
    """The bundle could not be built; the message says what to do, in one line."""


def build_bundle(root: Path, out: Path) -> Path:
    """Builds the bundle, or finds it built.

    Args:
        root: the repository.
        out: the directory for built things.

    Returns:
        The directory to be zipped.

    Raises:
        BundleError: pip failed, or a dependency holds compiled code.
    """
    dependencies = build_dependencies(root, out)
    sources = list(_sources(root))
    digest = _hash([dependencies.name.encode(), *_contents(root, sources)])

    def write(directory: Path) -> None:
        shutil.copytree(dependencies, directory, dirs_exist_ok=True, copy_function=_link)
        for path in sources:
            target = directory / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)

    return publish_directory(out / f"bundle-{digest}", write)


def build_dependencies(root: Path, out: Path) -> Path:
    """Installs and prunes the dependencies, or finds them installed; otherwise like `build_bundle`."""
    requirements = root / REQUIREMENTS
    # This file is part of the hash: what it prunes decides what the directory holds.
    digest = _hash([requirements.read_bytes(), Path(__file__).read_bytes()])

    def write(directory: Path) -> None:
        _install(requirements, directory)
        _prune(directory)
        if compiled := compiled_files(directory):
            raise BundleError(
                f"{requirements}: {compiled[0].relative_to(directory)} is compiled; "
                "the bundle runs on arm64 wherever it is built, so it takes pure Python only"
            )

    return publish_directory(out / f"dependencies-{digest}", write)


def compiled_files(directory: Path) -> list[Path]:
    """Files that run on one kind of machine only, or on one version of Python."""
    return sorted(path for path in directory.rglob("*") if path.suffix in _COMPILED_SUFFIXES)


def _install(requirements: Path, directory: Path) -> None:
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--require-hashes", "--no-deps", "--only-binary=:all:", "--no-compile"),
        # Of all wheels only those for any platform, any interpreter: py3-none-any.
        *("--platform", "any", "--implementation", "py", "--abi", "none", "--python-version", PYTHON_VERSION),
        *("--target", str(directory), "--requirement", str(requirements)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reasons = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
        reason = reasons[0].removeprefix("ERROR: ") if reasons else f"exit status {done.returncode}"
        raise BundleError(f"{requirements}: pip could not install it: {reason}")


def _prune(directory: Path) -> None:
    for path in sorted(directory.rglob("*")):
        if path.is_dir() and path.name in _PRUNED_DIRECTORIES:
            shutil.rmtree(path, ignore_errors=True)
    _keep(directory / "botocore" / "data", (*BOTOCORE_SERVICES, *_BOTOCORE_FILES))
    for path in (directory / "botocore" / "data").rglob("examples-*.json*"):
        path.unlink()
    for info in directory.glob("*.dist-info"):
        _keep(info, _DIST_INFO)


def _link(source: str, target: str) -> None:
    """The dependencies are on the disk once, however many bundles hold them."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _keep(directory: Path, names: Iterable[str]) -> None:
    kept = set(names)
    for path in directory.iterdir():
        if path.name in kept:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _sources(root: Path) -> Iterator[Path]:
    excluded = tuple(root / path for path in EXCLUDED_SOURCES)
    for top in SOURCES:
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in _SOURCE_SUFFIXES or "__pycache__" in path.parts:
                continue
            if any(path == one or one in path.parents for one in excluded):
                continue
            yield path


def _contents(root: Path, paths: Iterable[Path]) -> Iterator[bytes]:
    for path in paths:
        yield str(path.relative_to(root)).encode()
        yield path.read_bytes()


def _hash(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()[:16]
