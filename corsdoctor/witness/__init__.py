"""Real browsers of this machine as witnesses: each does the request of a Scenario from a page that really has its origin.

The browser runs headless with a profile of its own, and reaches everything through `proxy`, which serves the page, records
the requests, and gets their answers from a `send`. Nothing outside the temporary profile changes.
"""
