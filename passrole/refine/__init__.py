"""Less for a role: who beyond the account may take it, and the policy of what it uses of its rights.

Source: "Refine permissions in AWS using last accessed information" of the IAM User Guide. Nothing here
changes anything in AWS.
"""
