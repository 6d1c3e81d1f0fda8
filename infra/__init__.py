"""The AWS resources of the guardrail: one construct a capability, thin stacks."""
