"""The WSGI entry point: `flask --app wsgi …` in development, any WSGI server in production."""

from app.factory import create_app

app = create_app()
