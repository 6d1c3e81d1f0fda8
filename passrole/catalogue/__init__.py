"""The catalogue: which AWS calls pass a role, and where it stands in the CloudTrail record.

The data is ``calls/<event source>.jsonl``, one row a call. A new call is a row there, not code.
"""

from passrole.catalogue.loader import CallTable, Catalogue, PackagedCatalogue, load_catalogue
from passrole.catalogue.model import Call, Decision, Reference, ResourcePlace, RolePlace, Shape, Where, Within

__all__ = [
    "Call",
    "CallTable",
    "Catalogue",
    "Decision",
    "PackagedCatalogue",
    "Reference",
    "ResourcePlace",
    "RolePlace",
    "Shape",
    "Where",
    "Within",
    "load_catalogue",
]
