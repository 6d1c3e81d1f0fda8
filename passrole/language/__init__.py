"""The language of IAM policies: statements, condition operators, variables and wildcards, in three values.

It knows nothing of passes: it asks a `Context` for the values of condition keys.
Sources: "IAM JSON policy element reference" of the IAM User Guide, its pages on Condition, condition
operators, multivalued context keys, and "Variables and tags".
"""

from passrole.language.condition import Condition, is_operator, operator_names
from passrole.language.context import Context, FlatContext, Value, fold
from passrole.language.statement import Statement, decide
from passrole.language.truth import Effect, Ruling, Truth

__all__ = [
    "Condition",
    "Context",
    "Effect",
    "FlatContext",
    "Ruling",
    "Statement",
    "Truth",
    "Value",
    "decide",
    "fold",
    "is_operator",
    "operator_names",
]
