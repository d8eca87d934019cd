"""The wire to a server: one call with its attempts, what each fault means, and how the protocol is written and read."""
