"""Classical methods: exact, deterministic, no model; they work on plain strings and offsets."""
