"""Which kind of package is it, and what would it become? Pure."""

from app.core.messages import N_
from app.courses.packages.archives import open_package
from app.courses.packages.cartridge import MANIFEST, read_cartridge
from app.courses.packages.olx import read_olx, root_in
from app.courses.packages.own import folder_in, read_own
from app.courses.packages.plans import Plan, Wish
from app.quizzes.interchange.model import CannotTake, Refusal


def read_package(data: bytes, name: str, wish: Wish) -> Plan:
    """What the package would become. Never raises for what a file holds: a plan without files says why."""
    try:
        files = open_package(data)
        if MANIFEST in files:
            return read_cartridge(files, wish)
        if (folder := folder_in(files)) is not None:
            return read_own(files, folder, wish)
        if (root := root_in(files)) is not None:
            return read_olx(files, root, wish)
        raise CannotTake(N_("it is neither a package of ours nor a Common Cartridge nor an Open edX course"))
    except CannotTake as error:
        return Plan(left=[Refusal(name, "", error.why)])
    except RecursionError:
        return Plan(left=[Refusal(name, "", N_("its text is nested too deeply"))])
