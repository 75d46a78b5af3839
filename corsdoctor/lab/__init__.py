"""The embedded lab: a table of scenes (scenes.py) and a server that replays them (server.py). It knows no CORS.

scenes.py lists the groups: variations.py, disagreements.py and initiators.py are tables of scenes that take one line,
in the words of rows.py. scene.py says what a scene is, assets.py has the bodies of answers. in_process.py answers
without sockets.
"""
