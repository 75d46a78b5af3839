"""Ways to get an answer: `live` sends over HTTP. No rule of Fetch lives here, only what the network needs.

live        Live, and what it makes of requests and urllib3
outgoing    a request -> bytes
http2       the same over HTTP/2
websocket   the end of a WebSocket
head        bytes from a socket -> an answer's head
dial        host and port -> a connected socket
second_look what a server uses that closes each connection without a word
tls         whom to trust, and which certificate to show
idle        which connections are kept
errors      an exception -> NoAnswer
options     TransportOptions: all of this is configured there
"""
