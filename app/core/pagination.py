"""Pages of a list, addressed by ?page=."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from app.core.database import db

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a longer list; ``url`` makes the address of another page."""

    items: Sequence[T]
    page: int
    per_page: int
    total: int
    url: Callable[[int], str] = lambda number: f"?page={number}"

    def addressed(self, url: Callable[[int], str]) -> "Page[T]":
        """The same page with addresses of its own for the others (filters kept)."""
        return replace(self, url=url)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))


def paginate(
    statement: Select[*tuple[Any, ...]], *, page: int = 1, per_page: int = 50, scalars: bool = True
) -> Page[Any]:
    """Run a statement for one page and count the whole: two statements, whatever the length."""
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    page = min(max(page, 1), max(1, -(-total // per_page)))
    bounded = statement.limit(per_page).offset((page - 1) * per_page)
    rows = db.session.scalars(bounded).all() if scalars else db.session.execute(bounded).all()
    return Page(items=rows, page=page, per_page=per_page, total=total)
