"""What each key of guardrail.yaml is for, in a line: editors show it. The reference is docs/policy.md."""

from collections.abc import Mapping

_FILE, _ENTRY, _EXEMPTION, _RESPONSE = "", "ApprovedEntry", "ExemptionEntry", "ResponseSection"
_QUARANTINE = "QuarantineSection"
_STAGES = "observe writes to the ledger only, alert tells people, quarantine also contains the resource."

STATEMENT = "An IAM statement about iam:PassRole, or about the call that passes the role."

DESCRIPTIONS: Mapping[tuple[str, str], str] = {
    (_FILE, "version"): "The version of this file's language.",
    (_FILE, "approved"): "Which roles may be passed, by whom and to what. An empty list approves nothing.",
    (_FILE, "statements"): "IAM statements and policy documents: Deny wins over every approval.",
    (_FILE, "checks"): "Ready-made checks that are on.",
    (_FILE, "exemptions"): "Waivers, each for a time, with an owner and a reason.",
    (_FILE, "response"): "What is done about passes that are not approved.",
    (_FILE, "quarantine"): "Limits of quarantine, and how far it reaches.",
    (_FILE, "alerts"): "Who is told.",
    (_FILE, "regions"): "Further regions whose events are forwarded to the one of the deployment.",
    (_FILE, "operators"): "ARNs of IAM roles, users or accounts that may release.",
    (_FILE, "catalogue"): "What of the catalogue of calls is not watched.",
    (_ENTRY, "name"): "What verdicts and alerts call the entry; its own.",
    (_ENTRY, "roles"): "Paths (/app/*), names (deploy-*) or ARNs; * is any text, ? any one character.",
    (_ENTRY, "role_tags"): "Tags that the role must have: key and value, or a list of values, any of them.",
    (_ENTRY, "services"): "Service principals that may get the role; every service, if left out.",
    (_ENTRY, "resources"): "ARNs of the resources that may get the role.",
    (_ENTRY, "passers"): "ARNs of the users and roles that may pass the role.",
    (_ENTRY, "passer_tags"): "Tags that the passer must have.",
    (_ENTRY, "accounts"): "Accounts of the role.",
    (_ENTRY, "regions"): "Regions of the call.",
    (_EXEMPTION, "name"): "What verdicts and alerts call the exemption; its own.",
    (_EXEMPTION, "owner"): "Who answers for it.",
    (_EXEMPTION, "reason"): "Why it is needed.",
    (_EXEMPTION, "expires"): "The last day on which it counts, in UTC, or a time.",
    (_EXEMPTION, "roles"): "The roles that it is for, as in approved.",
    (_EXEMPTION, "resources"): "ARNs of the resources that it is for.",
    (_EXEMPTION, "passers"): "ARNs of the users and roles that it is for.",
    (_EXEMPTION, "services"): "The service principals that it is for.",
    (_EXEMPTION, "checks"): "The checks that it waives; all that speaks against the pass, if left out.",
    (_RESPONSE, "violation"): f"For passes that are not approved, or denied. {_STAGES}",
    (_RESPONSE, "undetermined"): "Where something that matters could not be read.",
    (_RESPONSE, "denied"): "Where IAM refused the pass: nothing holds the role.",
    (_RESPONSE, "failed"): "Where the call failed for another reason.",
    (_RESPONSE, "services"): "By service principal, in place of violation.",
    (_RESPONSE, "accounts"): "By account of the call, in place of violation.",
    (_RESPONSE, "checks"): "By the check that the pass fails, in place of violation.",
    (_RESPONSE, "severities"): "By the finding's severity, in place of violation.",
    (_QUARANTINE, "dry_run"): "Nothing is contained; ledger and alerts say what would have been.",
    (_QUARANTINE, "acts_per_hour"): "Most containments in a clock hour; beyond it the breaker trips.",
    (_QUARANTINE, "critical_reserve"): "So many more in that hour for critical findings.",
    (_QUARANTINE, "acts_per_passer"): "Most containments in a clock hour for one passer.",
    (_QUARANTINE, "acts_per_resource"): "Most containments of one resource in a day.",
    (_QUARANTINE, "failures_per_hour"): "So many failed containments in a clock hour stop all of them.",
    (_QUARANTINE, "grace_minutes"): "How long a fix has time before anything is contained.",
    (_QUARANTINE, "require_approval"): "Nothing is contained before a person approves it.",
    (_QUARANTINE, "passer_may_release"): "The passer of a finding may release, approve and exempt it.",
    (_QUARANTINE, "modules"): "Modules that may act; those that the responses need, if left out.",
    (_QUARANTINE, "stop_running"): "Modules that also stop what runs. No release brings it back.",
    (_QUARANTINE, "revoke_credentials"): "Modules that also deny the resource's credentials everything.",
    (_QUARANTINE, "protected"): "ARNs of resources that are never contained.",
    (_QUARANTINE, "role_scope"): "Roles that are denied everything, besides the resource's containment.",
    (_QUARANTINE, "passer_scope"): "Passers that lose iam:PassRole, besides the resource's containment.",
    ("RoleScope", "roles"): "Paths (/app/*), names (deploy-*) or ARNs, but not every role.",
    ("RoleScope", "even_if_shared"): "Those of them that are denied even where other resources use them.",
    ("PasserScope", "passers"): "ARNs of users and roles, but not all of them.",
    ("AlertsSection", "email"): "An address, or a list of them.",
    ("AlertsSection", "slack_secret"): "The name of the Secrets Manager secret that holds the webhook's URL.",
    ("CatalogueSection", "leave_out"): "Event sources and IAM actions whose events are not judged.",
    ("Statement", "Sid"): "What verdicts and alerts call the statement; its own.",
    ("Statement", "Effect"): "An explicit Deny wins, else one Allow approves.",
    ("Statement", "Action"): "iam:PassRole if left out, or calls that pass the role: lambda:CreateFunction.",
    ("Statement", "NotAction"): "All actions but these.",
    ("Statement", "Resource"): "ARNs of roles, with * and ? as wildcards, and policy variables.",
    ("Statement", "NotResource"): "All roles but these.",
    ("Statement", "Condition"): "Operators, below each the condition keys with their values. All must hold.",
    ("Statement", "severity"): "Of findings that the statement makes.",
    ("Statement", "response"): "The stage for findings that the statement makes.",
    ("PolicyDocument", "Version"): "Without 2012-10-17 there are no policy variables.",
    ("PolicyDocument", "Id"): "Any text; it means nothing here.",
    ("PolicyDocument", "Statement"): "One statement, or a list of them.",
}  # fmt: skip
"""By definition of the schema (empty for the file itself) and key."""

OPTIONS: Mapping[str, str] = {
    "severity": "Of the check's findings, in place of its own.",
    "response": "The stage for the check's findings.",
}
"""What every check takes; its own parameters are described in its file."""
