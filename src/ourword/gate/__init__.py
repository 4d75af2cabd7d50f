"""Compile a `Contract` to a `Gate`; decide; explain; find the words. Pure: time, facts and chance come in as arguments."""
