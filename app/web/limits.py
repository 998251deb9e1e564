"""The counter behind every limit: where it counts, and by whose address.

What is counted stands in `app.web.tries`. Only what is sent counts, so a page can be looked at as
often as one likes. Where the store that counts cannot be reached, this process counts by itself.
"""

from flask import Flask
from flask_limiter import Limiter
from werkzeug.middleware.proxy_fix import ProxyFix

from app.web import known_browsers, tries


def register(app: Flask) -> None:
    """Limit the views of `app.web.tries`. Too much is answered 429, with when to try again.

    To be called once every view is there. Behind web servers that are trusted to say who asks
    (TRUSTED_PROXIES of them), it is the visitor's address that counts and not theirs.
    """
    proxies = app.config["TRUSTED_PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0, x_host=0)
    limiter = Limiter(
        tries.by_address,
        app=app,
        storage_uri=app.config["LIMITS_URL"],
        # each try is kept with its time, so that the moment to try again is exact
        strategy="moving-window",
        fail_on_first_breach=False,
        headers_enabled=True,
        in_memory_fallback_enabled=True,
    )
    known_browsers.register(app)
    tries.limit(app, limiter)
