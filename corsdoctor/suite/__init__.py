"""The cases of a policy file, what is expected of them, and the judgment. Pure: files and environment are read elsewhere."""
