"""Captures of other tools: HAR files become requests, recorded answers, and verdicts. Pure: bytes in, values out.

har, skim, entry, json_stream    a HAR -> its entries, of which few are read whole
told                 what a HAR of corsdoctor's own has beside them
transcript, transcript_lines, transcript_messages, transcript_recognition    what curl -v and the like print ->
                                                                             entries
group                which entries are one request
rebuild              the request as the script made it, and the answers: browsers_own, by_tool and no_url help
judge, live          the verdict on it, and on the same request sent again
summary              what else the capture holds
redact, harmless     a HAR without secrets
commands/            requests in the words of other tools
"""
