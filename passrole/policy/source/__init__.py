"""The text of guardrail.yaml: reading, checking and compiling it. No Lambda function imports this package."""
