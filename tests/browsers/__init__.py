"""The conformance cases in the real browsers of this machine: `python -m tests.browsers --help`."""
