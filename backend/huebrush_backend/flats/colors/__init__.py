"""Which colour each region gets: by vote, by hints, out of a palette."""
