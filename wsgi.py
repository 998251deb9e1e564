"""The WSGI entry point: `flask --app wsgi …` in development, any WSGI server in production."""

from app.factory import create_app
from app.memory import settle

app = create_app()
settle()
