"""Labels with measured probabilities: what to ask, how it is measured, what becomes of the answers."""
