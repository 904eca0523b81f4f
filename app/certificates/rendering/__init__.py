"""From a snapshot to a PDF: the only way a document of the academy is drawn."""

from app.certificates.rendering.attaching import Attachment
from app.certificates.rendering.pipeline import Printed, markup, render
from app.certificates.rendering.signing import Signature

__all__ = ["Attachment", "Printed", "Signature", "markup", "render"]
