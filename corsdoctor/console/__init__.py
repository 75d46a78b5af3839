"""Console text -> messages: which browser said it, which rule it names, and the URL, origin and header in it.

The words stand with each browser (browsers/*_console.py) and, for older versions and for what is not CORS, in
wordings.py and others.py. fold.py undoes what copying does to a message, template.py finds the parts of one, recognise.py
goes through a text, and stream.py through a file of any size. Nothing here knows the network.
"""
