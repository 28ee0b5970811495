"""What the plugin does with Krita's documents and layers: find, read, make, insert."""
