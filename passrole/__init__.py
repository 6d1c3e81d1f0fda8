"""PassRole Guardrail: who passed which IAM role to which AWS service, and was that approved?"""
