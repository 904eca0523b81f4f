"""Who studies, and who reads along."""

from app.courses.policies import can_preview

__all__ = ["can_preview"]
