"""What is asked for of each record, and where Athena's tables for CloudTrail have it.

Source: "Create the table for CloudTrail logs in Athena using partition projection" of the Athena user guide.
Names of columns, and of the members of their structs, are the record's in lower case. What a request asked
and what it got are text, since each call has members of its own; all else is text, too, or a struct of it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a record.

    Attributes:
        path: to the member, in CloudTrail's spelling.
        keys: condition keys that would read as absent, or as another value, where a table lacks the member.
    """

    path: tuple[str, ...]
    keys: tuple[str, ...] = ()

    @property
    def column(self) -> tuple[str, ...]:
        """The column, and the members of its struct that lead to it."""
        return tuple(name.lower() for name in self.path)

    @property
    def alias(self) -> str:
        """What the result calls it."""
        return "_".join(self.column)


REQUEST, RESPONSE, READ_ONLY = (
    Field(("requestParameters",)),
    Field(("responseElements",)),
    Field(("readOnly",)),
)
_ADDRESSES = ("aws:SourceIp", "aws:VpcSourceIp")
_CALLERS = ("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:ViaAWSService")
SOURCE_IDENTITY = Field(("userIdentity", "sessionContext", "sourceIdentity"), ("aws:SourceIdentity",))
"""Not in the struct that AWS documents; a table can have it all the same."""

FIELDS = (
    Field(("eventID",)),
    Field(("eventTime",)),
    Field(("eventSource",)),
    Field(("eventName",)),
    Field(("awsRegion",)),
    Field(("recipientAccountId",)),
    Field(("errorCode",)),
    Field(("errorMessage",)),
    READ_ONLY,
    Field(("sourceIPAddress",), _ADDRESSES),
    Field(("userAgent",), ("aws:UserAgent",)),
    Field(("vpcEndpointId",), ("aws:SourceVpce", "aws:SourceVpc", *_ADDRESSES)),
    Field(("userIdentity", "type"), ("aws:PrincipalArn",)),
    Field(("userIdentity", "principalId")),
    Field(("userIdentity", "arn")),
    Field(("userIdentity", "accountId")),
    Field(("userIdentity", "invokedBy"), (*_CALLERS, *_ADDRESSES)),
    Field(("userIdentity", "accessKeyId")),
    Field(("userIdentity", "userName")),
    Field(("userIdentity", "onBehalfOf", "userId")),
    Field(("userIdentity", "sessionContext", "attributes", "mfaAuthenticated")),
    Field(("userIdentity", "sessionContext", "attributes", "creationDate")),
    Field(("userIdentity", "sessionContext", "sessionIssuer", "type")),
    Field(("userIdentity", "sessionContext", "sessionIssuer", "arn")),
    SOURCE_IDENTITY,
    REQUEST,
    RESPONSE,
)
