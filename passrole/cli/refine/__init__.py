"""``passrole refine``: who beyond the account may take a role, and the policy of what it uses."""
