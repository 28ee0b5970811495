"""The connection to the backend: its process, the socket, what it says of itself and its models."""
