"""Real browsers of this machine as witnesses: each does the request of a Scenario from a page that really has its origin.

The browser runs headless with a profile of its own, and reaches everything through `proxy`, which serves the page,
records the requests, and gets their answers from a `send`. Nothing outside the temporary profile changes.

    witnesses, browser   asks each browser, and what a browser can do
    chromium, firefox, webkit    each browser's own way to be driven
    programs, process    where a browser is, and its process
    proxy, authority     what the browser reaches, and the certificates that it sees there
    page, scripts/       the page that makes the request
"""
