"""A first run: a company's exports, from files to figures and a drafted contract."""
