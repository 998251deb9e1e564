"""An OpenID provider on loopback, as a council has one, made of Authlib's own server side.

It asks for client secret, PKCE and nonce, signs its tokens and publishes its keys. `faults`
make its tokens wrong in one way each, which no provider would do by itself.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeGrant, AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Flask, jsonify, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from app.accounts.roles import Role
from tests.browser.server import serve

CLIENT, SECRET = "fairplace", "a secret that both know"


@dataclass
class Person:
    """Somebody with an account at the council. sub: the provider's name for them."""

    sub: str
    claims: dict[str, Any]

    def get_user_id(self) -> str:
        return self.sub


@dataclass
class Council:
    """What a test may set: who signs in next, and what is wrong with the tokens."""

    redirect_uri: str
    address: str = ""
    person: Person | None = None
    faults: Callable[[dict], dict] = lambda claims: claims
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    signing_key: RSAKey | None = None
    algorithm: str = "RS256"
    codes: dict[str, "Code"] = field(default_factory=dict)
    in_token: bool = True


def settings_of(council: Council) -> dict[str, Any]:
    """What Fairplace is told of it."""
    return {
        "url": f"{council.address}/.well-known/openid-configuration",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "roles": {"fairplace-leads": Role.AP_LEAD, "send-team": Role.SEND_OFFICER},
        "name": "your council account",
        "groups_claim": "groups",
        "scope": "openid profile email",
    }


class Client(ClientMixin):
    """The one client: Fairplace."""

    def __init__(self, redirect_uri: str) -> None:
        self.redirect_uri = redirect_uri

    def get_client_id(self):
        return CLIENT

    def get_default_redirect_uri(self):
        return self.redirect_uri

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret):
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    """A code that was given out."""

    person: Person
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope


def provider(council: Council) -> Flask:
    """The provider as an application of its own."""
    app = Flask("council-provider")
    tokens: dict[str, Person] = {}

    class CodeGrant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code, request):
            sent = request.payload.data
            council.codes[code] = Code(
                request.user,
                sent["redirect_uri"],
                sent["scope"],
                sent["nonce"],
                sent["code_challenge"],
                sent["code_challenge_method"],
            )

        def query_authorization_code(self, code, client):
            return council.codes.get(code)

        def delete_authorization_code(self, authorization_code):
            council.codes = {c: v for c, v in council.codes.items() if v is not authorization_code}

        def authenticate_user(self, authorization_code):
            self.nonce = authorization_code.nonce
            return authorization_code.person

    def save_token(token, request):
        tokens[token["access_token"]] = request.user

    server = AuthorizationServer(
        app, query_client=lambda _id: Client(council.redirect_uri), save_token=save_token
    )
    server.register_grant(CodeGrant, [CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def configuration():
        return jsonify(
            issuer=council.address,
            authorization_endpoint=f"{council.address}/authorize",
            token_endpoint=f"{council.address}/token",
            userinfo_endpoint=f"{council.address}/userinfo",
            jwks_uri=f"{council.address}/jwks",
            id_token_signing_alg_values_supported=["RS256", "HS256", "none"],
        )

    @app.get("/jwks")
    def jwks():
        return jsonify(KeySet([council.key]).as_dict(private=False))

    @app.get("/authorize")
    def authorize():
        grant = server.get_consent_grant(end_user=council.person)
        return server.create_authorization_response(grant_user=council.person, grant=grant)

    @app.post("/token")
    def token():
        given = council.codes.get(request.form["code"])
        answer = server.create_token_response()
        if answer.status_code != 200:
            return answer
        body = answer.get_json()
        return jsonify(body | {"id_token": _signed(council, given)})

    @app.get("/userinfo")
    def userinfo():
        person = tokens[request.headers["Authorization"].removeprefix("Bearer ")]
        return jsonify({"sub": person.sub} | person.claims)

    return app


def _signed(council: Council, code: Code) -> str:
    """An identity token, as OpenID Connect Core, 2 has it."""
    said = {
        "iss": council.address,
        "sub": code.person.sub,
        "aud": CLIENT,
        "iat": int(time.time()),
        "exp": int(time.time()) + 300,
        "nonce": code.nonce,
    } | (code.person.claims if council.in_token else {})
    key = council.signing_key or council.key
    header = {"alg": council.algorithm, "kid": "1"}
    return jwt.encode(header, council.faults(said), key, algorithms=[council.algorithm])


@contextmanager
def run(redirect_uri: str) -> Iterator[Council]:
    """Serve the provider on a free port of loopback."""
    council = Council(redirect_uri)
    with serve(provider(council)) as address:
        council.address = address
        yield council
