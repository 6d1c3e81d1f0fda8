"""``passrole suggest``: the policy that approves what is normal."""
