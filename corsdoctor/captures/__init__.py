"""Captures of other tools: HAR files become requests, recorded answers, and verdicts. Pure: bytes in, values out."""
