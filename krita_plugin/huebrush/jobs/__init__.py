"""One job from request to result: its state, its parameters, its events."""
