"""Work on Krita's documents and layers: find, read, make, insert."""
