"""Every setting: its type, default and limits (``settings``), where it comes from (``loading``)
and how it is explained (``explaining``, which writes ``config.example.toml``). Imports ``core``
only."""
