"""Which kind of package is it, and what would it become? Pure."""

from app.courses.packages.cartridge import MANIFEST, read_cartridge
from app.courses.packages.own import folder_in, read_own
from app.courses.packages.plans import Plan, Wish
from app.quizzes.interchange.archive import is_archive, read_archive
from app.quizzes.interchange.model import N_, CannotTake, Refusal


def read_package(data: bytes, name: str, wish: Wish) -> Plan:
    """What the package would become. Never raises for what a file holds: a plan without files says why."""
    try:
        if not is_archive(data):
            raise CannotTake(N_("the file is no ZIP archive"))
        files = read_archive(data)
        if MANIFEST in files:
            return read_cartridge(files, wish)
        folder = folder_in(files)
        if folder is None:
            raise CannotTake(N_("it is neither a package of ours nor a Common Cartridge"))
        return read_own(files, folder, wish)
    except CannotTake as error:
        return Plan(left=[Refusal(name, "", error.why)])
    except RecursionError:
        return Plan(left=[Refusal(name, "", N_("its text is nested too deeply"))])
