"""What policy a server really has, found out by few requests, and who could abuse it.

    candidates      the origins that are worth a try, derived from those that the server allows
    explore         the experiment: tries origins, then methods and headers, and stops where nothing more can be learned
    elsewhere       what is looked at beside the URL, where another part of the server may have another policy
    sender          sends its requests within the budget, and replays the answers in each browser
    requests_of_pages  the requests that it sends, as pages of each origin send them
    explored        what the experiment showed
    policy_words    the policy that it showed, in rows of words
    weaknesses      what is wrong with a policy: the texts of each weakness
    weigh           the weaknesses of one server, each with its severity and its evidence

Whether a page could read a response is never decided here: each try is replayed in each browser (diagnose.py). A try is a GET or
a preflight request. It goes only to the origin that the user named, or without secrets to the same host with the other scheme.
"""
