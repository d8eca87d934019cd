"""Articles from outside: bytes, files, HTML pages, web addresses, and what is refused."""
