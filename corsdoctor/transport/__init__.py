"""Ways to get an answer: `live` sends over HTTP. No rule of Fetch lives here, only what the network needs."""
