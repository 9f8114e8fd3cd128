"""The audit log: who did what that others must be able to hold them to, for ever.

Append-only and hash-chained. Uses ``storage`` and ``core``; knows no feature and no aiohttp. A
feature writes its line in the same transaction as the act (``AuditLog.append_in``).
"""
