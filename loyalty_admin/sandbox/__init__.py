"""A stand-in for the Altegio API, for trying the dashboard out, for training and for tests."""
