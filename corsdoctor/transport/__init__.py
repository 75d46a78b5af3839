"""Ways to get an answer: `live` sends over HTTP. No rule of Fetch lives here, only what the network needs.

live        Live, which sends, and the pools of its connections
connection  one connection: writes a request, reads a head, sends once more where a kept one was stale
outgoing    a request -> bytes
http2       the same over HTTP/2
websocket   the end of a WebSocket
head        bytes from a socket -> an answer's head
dial        host and port -> a connected socket
second_look what a server uses that closes each connection without a word
proxy       the proxy that the user named, and those of the environment that are ignored
socks_proxy connects through a SOCKS proxy
body        what the head of a body shows, decoded
open_files  how many files this process may open
tls         whom to trust, and which certificate to show
idle        which connections are kept
errors      an exception -> NoAnswer, such as that of a failed TLS handshake
options     TransportOptions: all of this is configured there
"""
