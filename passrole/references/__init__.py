"""References: from what a call names in place of a role to the roles that this thing holds."""

from passrole.references.live import LiveReferences
from passrole.references.lookup import Lookup
from passrole.references.lookups import LOOKUPS, REFERENCE_GRANTS

__all__ = ["LOOKUPS", "REFERENCE_GRANTS", "LiveReferences", "Lookup"]
