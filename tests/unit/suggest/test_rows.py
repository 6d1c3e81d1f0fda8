"""A Parquet file of an audit tells each pass as a whole."""

import json
from pathlib import Path

from passrole.audit.auditor import Auditor, How
from passrole.audit.report.about import About
from passrole.audit.store import Store
from passrole.audit.tally import Tally
from passrole.cli.audit.formats import write
from passrole.cli.suggest.sources import PassFiles
from passrole.evidence.snapshot import NoIam
from passrole.suggest.rows import RowEvidence
from passrole.trail import passes_of
from tests.fixtures import EVENT_NAMES, record
from tests.unit.catalogue.proofs import covered, records_of
from tests.unit.samples import NOW, create_function_record

IDENTITY = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLE:dana",
    "arn": "arn:aws:sts::111122223333:assumed-role/engineer/dana",
    "accountId": "111122223333",
    "accessKeyId": "ASIAEXAMPLE",
    "onBehalfOf": {"userId": "u-1"},
    "sessionContext": {
        "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/engineer"},
        "attributes": {"mfaAuthenticated": "true", "creationDate": "2026-03-01T09:00:00Z"},
        "sourceIdentity": "dana",
    },
}
RECORDS = [
    create_function_record(userIdentity=IDENTITY, vpcEndpointId="vpce-1"),
    *map(record, EVENT_NAMES),
    *(told for call in covered() for told in records_of(call)),
]


def test_a_parquet_file_tells_each_pass_as_its_record_does(tmp_path: Path) -> None:
    out = tmp_path / "passes.parquet"
    with Store.of_rows(Auditor(How()).rows_of(RECORDS)) as store:
        write(store, Tally(), About(("logs",), NOW, None, None, None, False), "parquet", str(out))

    files = PassFiles(RowEvidence(NoIam()))
    told = [json.dumps(pass_.to_json()) for pass_ in files.passes((str(out),))]

    assert files.problems == 0
    assert sorted(told) == sorted(
        {json.dumps(found.to_json()) for each in RECORDS for found in passes_of(each)}
    )
