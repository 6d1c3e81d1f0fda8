"""``passrole sweep``: what exists and holds a role, by the deployed guard, or here, without any."""
