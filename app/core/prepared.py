"""A Core statement whose text and conversions are made once a process: for the hottest path alone.

SQLAlchemy finds the compiled text, collects the parameters and looks for their conversions at every execution: for
a statement of some microseconds that is the larger part. Engine events see these executions like any other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Dialect
from sqlalchemy.sql.compiler import SQLCompiler

_Conversion = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Text:
    """The statement in one dialect."""

    sql: str
    #: The order in which the driver takes the values, some of them twice; None: it takes them by name.
    order: tuple[str, ...] | None
    parameters: tuple[tuple[str, _Conversion], ...]
    #: The values that the statement itself gives.
    own: Mapping[str, Any]
    columns: tuple[_Conversion, ...]

    def arguments(self, values: Mapping[str, Any]) -> Any:
        given = {name: convert(values[name]) if convert else values[name] for name, convert in self.parameters}
        given |= self.own
        return tuple([given[name] for name in self.order]) if self.order is not None else given


class Prepared:
    """An insert, update or select whose values come by the names of its parameters.

    Raises KeyError for a parameter without a value.
    """

    def __init__(self, statement: Any) -> None:
        self._statement: Final = statement
        self._texts: Final[dict[str, _Text]] = {}

    def execute(self, connection: Connection, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Run it. The rows are the driver's own; ``first`` gives one in Python's types."""
        text = self._text(connection.dialect)
        return connection.exec_driver_sql(text.sql, text.arguments(values))

    def first(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Run it and take its first row, or None."""
        row = self.execute(connection, values).first()
        if row is None:
            return None
        columns = self._text(connection.dialect).columns
        return tuple([convert(value) if convert else value for convert, value in zip(columns, row, strict=True)])

    def _text(self, dialect: Dialect) -> _Text:
        found = self._texts.get(dialect.name)
        if found is None:
            found = self._texts[dialect.name] = _prepare(self._statement, dialect)
        return found


def _prepare(statement: Any, dialect: Dialect) -> _Text:
    compiled: SQLCompiler = statement.compile(dialect=dialect)
    parameters, own = [], {}
    for name, bound in compiled.binds.items():
        convert = bound.type.dialect_impl(dialect).bind_processor(dialect)
        if bound.required:
            parameters.append((name, convert))
        else:
            own[name] = convert(bound.value) if convert else bound.value
    columns = [
        each.type.dialect_impl(dialect).result_processor(dialect, None) for each in statement.exported_columns
    ]
    order = tuple(compiled.positiontup) if compiled.positiontup is not None else None
    return _Text(str(compiled), order, tuple(parameters), own, tuple(columns))
