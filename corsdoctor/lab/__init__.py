"""The embedded lab: a table of scenes (scenes.py) and a server that replays them (server.py). It knows no CORS."""
