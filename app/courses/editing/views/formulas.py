"""A formula while it is written in the editor's dialog."""

from typing import Any

from flask import Response, jsonify, request

from app.core.errors import Invalid
from app.core.formulas import LONGEST
from app.courses.editing import previews, words
from app.courses.editing.views.blueprint import author_only_reads_first, blueprint


@blueprint.post("/authoring/formula")
@author_only_reads_first
def preview_formula() -> Response:
    """What a page makes of TeX, or what is wrong with it, in the author's language. Nothing is kept."""
    data: Any = request.get_json(silent=True)
    tex = data.get("tex") if isinstance(data, dict) else None
    if not isinstance(tex, str) or len(tex) > 2 * LONGEST:
        raise Invalid("tex: a text")
    html, fault = previews.formula_preview(tex.strip(), display=data.get("display") is True)
    return jsonify(html=html, fault=words.check_words(*fault) if fault else "")
