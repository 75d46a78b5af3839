"""The page of the lab: its scenes and a playground, which the user's own browser runs for real (server.py says how)."""
