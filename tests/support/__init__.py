"""Tools of the tests: a scripted guest that speaks the protocol, and a server to speak it with."""
