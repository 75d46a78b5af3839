"""Console text -> messages: which browser printed it, which rule it names, and the URL, origin and header in it.

    stream, recognize    a file, or a text -> its messages, in order; counted reports equal ones once
    normalize, wrapped   undo what copying does to a message, and a terminal
    starts, words        where a message may begin
    any_browser          which message it is: chromium, firefox, webkit, edge, jsdom, panels, issues, servers, others
    template, reasons    the parts of a message, and the rule that it names
    together, quoted     which messages belong together, and which are only quoted
    reproduce, replay    message -> Scenario -> whether the problem still exists

The words stand with each browser (browsers/*_console.py) and, for older versions and for what is not CORS, in
wordings.py and in the rows of others.py: other, other_csp, other_gateways, other_loading, other_panels,
other_policies, other_reading and other_servers. firefox_languages.py and ascii_titles.py have those of Firefox in
other languages, options_lines.py those about OPTIONS. Where a text has no message about CORS, retyped, without_start,
machine_translated, reasons_alone and applications look for one in other words; where it has none at all, near_misses,
programs and status_zero look for what only looks like one. A new message is a row in one of the tables; everything else
follows from them. Nothing here knows the network.
"""
