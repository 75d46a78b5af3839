"""The cases of a policy file, what is expected of them, and the judgment. Pure: files and environment are read elsewhere.

read, entries        a parsed file -> a Suite of cases (case); a [[matrix]] is a grid of cells
request_spec, expectation, excepted    what an entry says of the request, of the result, and of single cells
flow_case, flow_variables    an entry with a flow
reader, lines, mistakes    how values are read, and where a mistake is
names, variables     the names of bases and origins, and what comes from the environment
judge, outcome       what was expected against what happened, and how the case counts
server_errors        a block that says nothing about who is allowed
observed, accept     what would have to be expected, written into the file
write, write_allowed, write_audited, review_notes    a first policy, and what to review in it
known_findings       findings of an audit that are known
"""
