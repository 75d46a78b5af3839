"""Why a request failed: decided after the verdict, by evidence, from all responses of the run and from probes.

Nothing here can change a verdict. marks.py is the table of what software leaves in responses, known.py the table of
causes. Each by_*.py has the causes of one kind of evidence, probes.py says what to ask next, and investigate.py decides.
"""
