"""The blueprint that every module of these views adds to."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
