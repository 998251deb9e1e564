"""One request, one transaction: kept whole below status 400, undone whole from there on."""

from flask import Flask, Response

from app.kernel import audit
from app.kernel.database import db


def register(app: Flask) -> None:
    """Commit after a request that succeeded; roll back after one that did not."""

    @app.after_request
    def finish(response: Response) -> Response:
        if response.status_code < 400:
            db.session.commit()
        else:
            db.session.rollback()
        return response

    @app.teardown_request
    def abandon(_error: BaseException | None) -> None:
        db.session.rollback()
        audit.forget_deed()
