"""Bundle the judges: ``python tests/outside/build.py`` (Node, npm, network).

Installs what ``package-lock.json`` pins by hash, bundles ``judge.js`` with it into one file that any Node from 18
on runs without a network, gathers the licences, and writes the hashes into ``MANIFEST.json``.
"""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
MODULES: Final = HERE / "node_modules"
BUNDLE: Final = HERE / "judge.min.mjs"
LICENCES: Final = HERE / "judge.LICENSES.txt"
MANIFEST: Final = HERE / "MANIFEST.json"
#: Packages inside the bundle speak CommonJS too.
BANNER: Final = (
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
    " // built by build.py from judge.js; licences in judge.LICENSES.txt"
)


def licence_of(package: str) -> str:
    """The licence text that a package ships, or the name of its licence."""
    folder = MODULES / package
    texts = sorted(path for path in folder.glob("*") if path.stem.upper() in {"LICENSE", "LICENCE"})
    if texts:
        return texts[0].read_text()
    said = json.loads((folder / "package.json").read_text())
    return f"{said['license']} (the package ships no text)\n"


def main() -> None:
    subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=HERE, check=True)
    meta = MODULES / ".judge.json"
    command = [
        str(MODULES / ".bin/esbuild"),
        "judge.js",
        *("--bundle", "--minify", "--platform=node", "--target=node18", "--format=esm", "--charset=utf8"),
        *("--legal-comments=none", "--log-level=warning", f"--metafile={meta}", f"--outfile={BUNDLE}"),
        "--alias:@digitalbazaar/http-client=./no-network.js",
        f"--banner:js={BANNER}",
    ]
    subprocess.run(command, cwd=HERE, check=True)
    taken = json.loads(meta.read_text())["outputs"][BUNDLE.name]["inputs"]
    paths = [path.partition("node_modules/")[2].split("/") for path in taken if "node_modules/" in path]
    packages = sorted({"/".join(path[: 2 if path[0].startswith("@") else 1]) for path in paths})
    versions = {name: json.loads((MODULES / name / "package.json").read_text())["version"] for name in packages}
    texts = [f"{name} {version}\n\n{licence_of(name)}" for name, version in versions.items()]
    LICENCES.write_text("\n---\n\n".join(texts))
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (BUNDLE, LICENCES)}
    MANIFEST.write_text(json.dumps({"files": files, "packages": versions}, indent=1) + "\n")


if __name__ == "__main__":
    main()
