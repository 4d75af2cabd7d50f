"""HTTP: decide over the network, and read what was decided in a browser. It speaks to `Ourword` alone."""
