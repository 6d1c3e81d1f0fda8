"""What the guard costs in time: `make bench`. Each figure stands beside its floor, of the same run."""
