"""E-mail that is sent, when an SMTP server is configured. Knows no feature and no aiohttp: who
writes a mail gives address, subject and text."""
