"""Commands for operators: load, match, serve. Each says what it did, and refuses in words."""

import subprocess
import sys
from pathlib import Path

import click
import waitress
from flask import Flask, current_app
from flask.cli import AppGroup
from rich.progress import BarColumn, Progress as Bar, TextColumn, TimeElapsedColumn

from app import demonstration, jobs
from app.accounts.models import User
from app.accounts.roles import Role
from app.accounts.service import open_account
from app.commissioning import service as commissioning
from app.commissioning.models.match import MatchRun
from app.kernel import audit
from app.kernel.database import db
from app.kernel.progress import Progress, Report
from app.kernel.rules import RuleBroken
from app.web.formats import distance, money, per_cent
from providers.intake import staging
from providers.models.intake import Intake, IntakeKind
