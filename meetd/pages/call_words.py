"""A call in words: as a mail, and as a notification for the page's service worker."""

import msgspec

from meetd.calling.call import Called
from meetd.pages.words import Languages


class CallWords:
    """Implements ``calling.call.Telling``."""

    def __init__(self, languages: Languages, public_url: str) -> None:
        """``public_url``: where links in mails lead; no mail goes out without it."""
        self._languages = languages
        self._public_url = public_url.rstrip("/")

    def letter(self, language: str, called: Called, path: str) -> tuple[str, str]:
        words = self._languages.named(language)
        facts = {"name": called.knocker, "door": called.door}
        # What a stranger wrote is marked as theirs, line by line.
        quoted = "\n".join(f"> {line}" for line in called.message.splitlines())
        said = words("mail.knock_said", name=called.knocker, quoted=quoted)
        text = words(
            "mail.knock_text",
            **facts,
            said=f"\n\n{said}" if quoted else "",
            link=self._public_url + path,
            account=f"{self._public_url}/account",
        )
        return words("mail.knock_subject", **facts), text + "\n"

    def notice(self, language: str, called: Called, path: str) -> bytes:
        words = self._languages.named(language)
        return msgspec.json.encode(
            {
                "title": words("answer.heading", name=called.knocker, door=called.door),
                "text": called.message,
                "language": words.language,
                "link": path,
                "admit": words("answer.admit"),
                "turnAway": words("answer.turn_away"),
            }
        )
