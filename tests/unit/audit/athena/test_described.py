"""What a table has, as Athena tells it. Answers are held against botocore's model."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from passrole.audit.athena.described import described, partitions_of
from passrole.audit.athena.table import Partitions, Table
from passrole.audit.sources.errors import SourceError

TABLE = Table.parse("logs.cloudtrail")
ISSUER = "struct<type:string,principalid:string,arn:string,accountid:string,username:string>"
SESSION = f"attributes:struct<mfaauthenticated:string,creationdate:string>,sessionissuer:{ISSUER}"
NEW = (
    "struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,"
    f"userName:string,onbehalfof:struct<userid:string,identitystorearn:string>,sessioncontext:struct<{SESSION},"
    "ec2roledelivery:string,webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>>>"
)
OLD = NEW.replace("onbehalfof:struct<userid:string,identitystorearn:string>,", "")
_TEXTS = (
    *("eventtime", "eventsource", "eventname", "awsregion", "sourceipaddress", "useragent", "errorcode"),
    *("errormessage", "requestparameters", "responseelements", "eventid", "readonly", "vpcendpointid"),
    "recipientaccountid",
)
_RESOURCES = "array<struct<arn:string,accountid:string,type:string>>"
COLUMNS = dict.fromkeys(_TEXTS, "string") | {"useridentity": NEW, "resources": _RESOURCES}
SOURCE_IDENTITY = ("useridentity", "sessioncontext", "sourceidentity")


@pytest.fixture
def stub() -> Iterator[Stubber]:
    client = boto3.client("athena", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        yield stubber


def table(
    stub: Stubber,
    columns: dict[str, str],
    keys: tuple[str, ...] = (),
    parameters: dict[str, str] | None = None,
    asked: Table = TABLE,
) -> Table:
    *catalog, database, name = asked.names
    stub.add_response(
        "get_table_metadata",
        {
            "TableMetadata": {
                "Name": name,
                "Columns": [{"Name": column, "Type": kind} for column, kind in columns.items()],
                "PartitionKeys": [{"Name": key, "Type": "string"} for key in keys],
                "Parameters": parameters or {},
            }
        },
        {"CatalogName": [*catalog, "AwsDataCatalog"][0], "DatabaseName": database, "TableName": name},
    )
    return described(stub.client, asked)


@pytest.mark.parametrize(
    ("identity", "lacks"),
    [
        (NEW, {SOURCE_IDENTITY}),
        (OLD, {SOURCE_IDENTITY, ("useridentity", "onbehalfof", "userid")}),
        (NEW.replace("ec2roledelivery", "sourceidentity"), set()),
        (
            NEW.replace(
                "arn:string,accountid:string,invokedby",
                "ids:array<struct<accountid:string>>,arn:string,invokedby",
            ),
            {SOURCE_IDENTITY, ("useridentity", "accountid")},
        ),
    ],
)
def test_members_that_a_table_lacks_are_known(
    stub: Stubber, identity: str, lacks: set[tuple[str, ...]]
) -> None:
    assert table(stub, COLUMNS | {"useridentity": identity}).lacks == lacks


def test_columns_that_it_lacks_are_known(stub: Stubber) -> None:
    columns = {name: kind for name, kind in COLUMNS.items() if name != "vpcendpointid"}

    assert table(stub, columns).lacks == {("vpcendpointid",), SOURCE_IDENTITY}


def test_a_table_of_another_catalog_is_asked_for_there(stub: Stubber) -> None:
    assert table(stub, COLUMNS, asked=Table.parse("mine.logs.cloudtrail")).lacks == {SOURCE_IDENTITY}


@pytest.mark.parametrize(
    ("keys", "parameters", "partitions"),
    [
        (("timestamp",), {"projection.timestamp.format": "yyyy/MM/dd"}, Partitions(date=("timestamp",))),
        (
            ("account_id", "region", "dt"),
            {"projection.dt.format": "yyyy-MM-dd", "projection.region.type": "enum"},
            Partitions("account_id", "region", ("dt",), "%Y-%m-%d"),
        ),
        (
            ("account", "region", "year", "month", "day"),
            {},
            Partitions("account", "region", ("year", "month", "day")),
        ),
        (("day",), {}, Partitions()),  # of a form that nobody tells
        (("date",), {"projection.date.format": "dd.MM.yyyy"}, Partitions()),
        ((), {}, Partitions()),
    ],
)
def test_partitions_are_known_as_far_as_the_table_tells_their_form(
    stub: Stubber, keys: tuple[str, ...], parameters: dict[str, str], partitions: Partitions
) -> None:
    assert table(stub, COLUMNS, keys, parameters).partitions == partitions


def test_partitions_that_are_numbers_are_left_aside() -> None:
    keys: list[dict[str, Any]] = [{"Name": name, "Type": "int"} for name in ("year", "month", "day")]

    assert partitions_of([*keys, {"Name": "region", "Type": "varchar(20)"}], {}) == Partitions(
        region="region"
    )


def test_another_table_is_refused(stub: Stubber) -> None:
    with pytest.raises(SourceError, match="is none of CloudTrail's logs: it has no column eventsource"):
        table(stub, {"id": "string"})


def test_requests_that_are_no_text_are_refused(stub: Stubber) -> None:
    with pytest.raises(SourceError, match="column requestparameters is no text"):
        table(stub, COLUMNS | {"requestparameters": "struct<role:string>"})


def test_a_table_that_is_not_there_is_told(stub: Stubber) -> None:
    stub.add_client_error("get_table_metadata", "MetadataException", "Table cloudtrail\nnot found", 400)

    with pytest.raises(SourceError) as told:
        described(stub.client, TABLE)

    assert str(told.value) == (
        "table logs.cloudtrail: GetTableMetadata failed: MetadataException: Table cloudtrail not found"
    )
