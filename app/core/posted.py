"""What a posted form may hold, looked at before anything of it is taken apart."""

from io import BytesIO
from typing import IO, Final

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

#: Of one form: an invigilator's selection of two thousand, a long paper.
MAX_FIELDS: Final = 10_000


class _Fields(FormDataParser):
    """As Werkzeug reads forms, which bounds the fields of forms with files alone.

    Sixteen megabytes of empty fields, from anybody, kept a process busy for ten seconds and took a gigabyte.
    """

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        if mimetype == "application/x-www-form-urlencoded":
            data = stream.read()
            if data.count(b"&") >= MAX_FIELDS:
                raise RequestEntityTooLarge
            stream = BytesIO(data)
        return super().parse(stream, mimetype, content_length, options)


class FormRequest(Request):
    """A request whose form has a bounded number of fields."""

    form_data_parser_class = _Fields
