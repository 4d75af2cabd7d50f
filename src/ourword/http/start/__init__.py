"""The first run in a browser: files dropped in, six questions, what the files can tell; then the pages of the home that was made."""
