"""The catalogue: which AWS calls pass a role, and where it stands in the CloudTrail record.

The data is ``calls/<service>.jsonl``, one row a call. A new call is a row there, not code.
"""

from passrole.catalogue.loader import Catalogue, load_catalogue
from passrole.catalogue.model import Call, ResourcePlace, RolePlace, Shape, Where

__all__ = ["Call", "Catalogue", "ResourcePlace", "RolePlace", "Shape", "Where", "load_catalogue"]
