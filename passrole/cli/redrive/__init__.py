"""``passrole redrive``: dead letters go back to the queues that they were meant for."""
