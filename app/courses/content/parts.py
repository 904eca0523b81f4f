"""What every authored file is made of."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from app.core.text import Bilingual

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
CitationText = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+( [^\[\]\n]+)?$")]


class Part(BaseModel):
    """The base of everything authored: unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    def canonical(self) -> dict[str, Any]:
        """Plain JSON values; what is not given is left out, so that new optional keys change no digest."""
        return self.model_dump(mode="json", exclude_none=True)


class Both(Part):
    """The same text in both languages."""

    zh: Text
    en: Text

    def both(self) -> Bilingual:
        return Bilingual(zh=self.zh, en=self.en)
