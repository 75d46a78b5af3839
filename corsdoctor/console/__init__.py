"""Console text -> messages: which browser printed it, which rule it names, and the URL, origin and header in it.

The words stand with each browser (browsers/*_console.py) and, for older versions and for what is not CORS, in wordings.py and
others.py; firefox_languages.py has those of Firefox in other languages. normalize.py undoes what copying does to a message,
starts.py finds where one may begin, template.py finds the parts of one, recognize.py reads a text, and stream.py a file of
any size. together.py joins what belongs to one message, counted.py reports equal ones once. Where a text has none about CORS,
retyped.py, without_start.py, machine_translated.py, reasons_alone.py and applications.py look for one in other words;
where it has none at all, near_misses.py, programs.py and status_zero.py look for what only looks like one.
A new message is a row in one of the tables; everything else follows from them. Nothing here knows the network.
"""
