"""The Content-Security-Policy is in force, not only sent: words cannot become script."""

import pytest

from tests.browser.people import House, until

ATTEMPTS = {
    "markup from text": "document.body.innerHTML = '<img src=x onerror=\"window.hit = 1\">'",
    "a handler in markup": "document.body.insertAdjacentHTML('beforeend', '<b onclick=x>b</b>')",
    "a script element": """{
        const script = document.createElement('script');
        script.append('window.hit = 1');
        document.body.append(script);
    }""",
    "a script from elsewhere": """{
        const script = document.createElement('script');
        script.src = 'https://example.org/a.js';
        document.body.append(script);
    }""",
    "code from text": "new Function('window.hit = 1')()",
    "a policy of one's own": "trustedTypes.createPolicy('own', {createHTML: (text) => text})",
    "a page in the page": """{
        const frame = document.createElement('iframe');
        frame.src = '/privacy';
        document.body.append(frame);
    }""",
    "another server": "fetch('https://example.org/').catch(() => undefined)",
}


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_nothing_turns_words_into_script(house: House, browser: str) -> None:
    house.forgiven += ["Content Security", "following directive", "requires 'Trusted"]
    ada = await house.guest("Ada", browser)
    await ada.page.evaluate(
        """() => {
            window.stopped = 0;
            document.addEventListener('securitypolicyviolation', () => { window.stopped += 1; });
        }"""
    )
    for what, code in ATTEMPTS.items():
        before: int = await ada.page.evaluate("window.stopped")
        # Later and not at once: what the test itself evaluates may do more than the page.
        await ada.page.evaluate(
            f"() => void setTimeout(() => {{ try {{ {code} }} catch {{ return }} }})"
        )

        async def stopped(before: int = before) -> bool:
            now: int = await ada.page.evaluate("window.stopped")
            return now > before

        await until(stopped, f"{what} was not stopped", within=5)
    assert await ada.page.evaluate("window.hit") is None
    await ada.say("still here")
