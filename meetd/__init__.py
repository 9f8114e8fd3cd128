"""meetd: a meeting place of your own.

The folders are floors; a floor imports only from floors below it (``pyproject.toml`` holds them):

    cli         what is typed: serve, check-config
    app         builds everything, by plain constructors
    signaling   the WebSocket door        api  the JSON door        pages  the HTML door
    serving     what every door stands on: listening, TLS, client addresses, access log
    meetings    a room while people are in it
    chat        what was said             relay  the media port
    rooms       a room at rest
    accounts    people, passwords, sessions      mail   e-mail that is sent
    protocol    every message             config  every setting     storage  database and keys
    core        ids, clock, refusals, holdings, words made safe
"""

__version__ = "0.1.0"
