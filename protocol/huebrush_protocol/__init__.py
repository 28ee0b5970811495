"""The contract between the Krita plugin and the backend: message types, image frames, codec."""
