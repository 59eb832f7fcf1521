"""The use cases, one a file: what happens, in terms of the domain and its repositories."""
