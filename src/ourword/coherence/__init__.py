"""The coherence of a home's contracts: as written, as staffed, as used."""
