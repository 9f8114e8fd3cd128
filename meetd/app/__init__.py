"""One running meetd, put together by plain constructors: ``house`` is what there is when nobody is
here, ``gathering`` everybody who is, ``front`` the doors to the street."""

from meetd.app.server import Server, StartError

__all__ = ["Server", "StartError"]
