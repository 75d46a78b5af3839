"""A policy file -> cases with expectations -> what was judged of them. Pure: files and environment are read elsewhere."""
