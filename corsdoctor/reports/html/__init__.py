"""A report as one HTML file that needs nothing else: no network, no font, no library.

    writer.py     what goes into the file, in order, while the items arrive
    item.py       the HTML of one item
    svg.py        the sequence diagram as shapes
    pages.py      the templates and the policy of the page
    templates/    Jinja templates, the style and the two scripts

Every value is escaped twice: what cannot be seen by `visible`, what is HTML by Jinja. The page's Content-Security-Policy names the
hashes of its own style and scripts, so nothing else would run even if a value got through.
"""
