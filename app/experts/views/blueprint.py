"""The blueprint that the modules of pages share."""

from flask import Blueprint

blueprint = Blueprint("experts", __name__)
