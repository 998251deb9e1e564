"""How often one visitor may try what anybody can try, counted by address.

A page is limited by its row in `LIMITED`. Only what is sent counts, so a page can be looked at as
often as one likes. Where the store that counts cannot be reached, this process counts by itself.
"""

from functools import partial

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.middleware.proxy_fix import ProxyFix

LIMITED = {"joining.start": "JOIN_LIMIT"}
"""The setting with the limit of each view that has one, such as "10 per hour; 30 per day"."""


def register(app: Flask) -> None:
    """Limit the views of `LIMITED`. Too much is answered 429, with when to try again.

    To be called once every view is there. Behind web servers that are trusted to say who asks
    (TRUSTED_PROXIES of them), it is the visitor's address that counts and not theirs.
    """
    proxies = app.config["TRUSTED_PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0, x_host=0)
    limiter = Limiter(
        get_remote_address,
        app=app,
        storage_uri=app.config["LIMITS_URL"],
        strategy="sliding-window-counter",
        headers_enabled=True,
        in_memory_fallback_enabled=True,
    )
    for view, setting in LIMITED.items():
        limit = limiter.limit(partial(app.config.__getitem__, setting), methods=["POST"])
        app.view_functions[view] = limit(app.view_functions[view])
