"""The page of the lab: its scenes and a playground, which the user's own browser runs for real (server.py says how).

playground.py answers its requests, page.py and shown.py write it, code.py writes the code that a reader can copy.
"""
