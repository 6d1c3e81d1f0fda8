"""One case a quarantine module; `CASES` is what the tests run over."""

from tests.unit.quarantine.modules.case import Case
from tests.unit.quarantine.modules.cases.ec2_instance import Ec2InstanceCase
from tests.unit.quarantine.modules.cases.lambda_function import LambdaFunctionCase

CASES: tuple[Case, ...] = (
    Ec2InstanceCase(),
    LambdaFunctionCase(),
)
