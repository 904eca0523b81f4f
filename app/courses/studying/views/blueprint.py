"""The blueprint that every module of these views adds to."""

from flask import Blueprint

blueprint = Blueprint("studying", __name__)
