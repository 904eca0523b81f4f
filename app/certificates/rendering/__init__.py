"""From a snapshot to a PDF: the only way a document of the academy is drawn."""

from app.certificates.rendering.pipeline import Printed, render

__all__ = ["Printed", "render"]
