"""Writes src/kedro/known_datasets.txt: the dataset classes of Kedro, kedro-datasets and the plugins, by version.

    python scripts/known/datasets.py [FOLDER_FOR_WHEELS]

The packages come from the Python registry through pip. Their source is parsed, never imported. To add a version,
extend PACKAGES and run it again.
"""

import ast
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path

OUTPUT = Path(__file__).parents[2] / "src/kedro/known_datasets.txt"

# Distribution, versions, and the folders to look in.
PACKAGES = (
    ("kedro", ["0.18.14", "0.19.15", "1.0.0", "1.7.0"], ("kedro/io/",)),
    (
        "kedro-datasets",
        "1.0.2 1.1.1 1.2.0 1.3.0 1.4.2 1.5.3 1.6.0 1.7.1 1.8.0 2.0.0 2.1.0 3.0.1 4.1.0 5.1.0 6.0.0 7.0.0 8.1.0 9.0.0"
        " 9.1.1 9.2.0 9.3.0 9.4.0 9.5.0 9.6.0".split(),
        ("kedro_datasets/", "kedro_datasets_experimental/"),
    ),
    ("kedro-azureml-pipeline", ["0.1.0"], ("kedro_azureml_pipeline/datasets/",)),
    ("kedro-azureml", ["0.4.1", "0.9.0", "1.0.0"], ("kedro_azureml/datasets/",)),
)

# Arguments of Kedro's own base classes, for classes without a constructor in their package.
KEDRO_BASES = {"AbstractDataset", "AbstractDataSet", "AbstractVersionedDataset", "AbstractVersionedDataSet"}
STANDARD = set(sys.stdlib_module_names)
# What every environment with Kedro has.
WITH_KEDRO = {"kedro", "kedro_datasets", "kedro_datasets_experimental", "fsspec", "cachetools", "lazy_loader", "azure"}
WITH_KEDRO |= {"kedro_azureml", "kedro_azureml_pipeline", "parse", "typing_extensions"}


class Package:
    """The source of one version."""

    def __init__(self, wheel):
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name.endswith(".py") and "{" not in name and "template" not in name]
            self.trees = {name: ast.parse(archive.read(name)) for name in names}
            metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            self.metadata = archive.read(metadata).decode()

    def module(self, name):
        path = name.replace(".", "/")
        return next((each for each in (f"{path}.py", f"{path}/__init__.py") if each in self.trees), None)

    def bound(self, path, name):
        """The file and the definition of a class that `name` stands for in a file, following imports."""
        tree = self.trees[path]
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name == name:
                return path, node
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
                # Deprecated names of kedro-datasets 1.x.
                for key, value in zip(node.value.keys, node.value.values):
                    if isinstance(key, ast.Constant) and key.value == name and isinstance(value, ast.Name):
                        return self.bound(path, value.id)
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        source = self.module(_absolute(path, node))
                        if source and source != path:
                            return self.bound(source, alias.name)
        return None


def _absolute(path, node):
    if node.level == 0:
        return node.module
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    base = parts if path.endswith("/__init__.py") else parts[:-1]
    base = base[: len(base) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _exports(package, path):
    """Public class names of a package's `__init__.py`, and the submodule of each."""
    found = {}
    own = path.removesuffix("/__init__.py").replace("/", ".") + "."
    for node in ast.walk(package.trees[path]):
        if isinstance(node, ast.ImportFrom) and _absolute(path, node).startswith(own):
            found.update({alias.asname or alias.name: _absolute(path, node)[len(own) :] for alias in node.names})
        if isinstance(node, ast.keyword) and node.arg == "submod_attrs" and isinstance(node.value, ast.Dict):
            for key, names in ast.literal_eval(node.value).items():
                found.update({name: key for name in names})
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and re.search(r"Data[Ss]et$", node.name):
            found.setdefault(node.name, "")
    return found


def _bases(package, path, node):
    """The name of each base of a class, and the file and definition of those in the package."""
    for base in node.bases:
        plain = base.value if isinstance(base, ast.Subscript) else base
        if isinstance(plain, ast.Name):
            yield plain.id, None if plain.id in KEDRO_BASES else package.bound(path, plain.id)
        else:
            yield getattr(plain, "attr", ""), None


def _constructor(package, path, node):
    """Arguments of a class: required ones end with `!`; `**` means any."""
    for item in node.body:
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)) and item.name == "__init__":
            return _arguments(item.args)
    for name, found in _bases(package, path, node):
        if name not in KEDRO_BASES:
            return _constructor(package, *found) if found else ["**"]
    return []


def _arguments(args):
    named = [*args.posonlyargs, *args.args][1:]
    required = len(named) - len(args.defaults)
    result = [each.arg + ("!" if at < required else "") for at, each in enumerate(named)]
    result += [each.arg + ("" if default else "!") for each, default in zip(args.kwonlyargs, args.kw_defaults)]
    return [*result, *(["**"] if args.kwarg else [])]


def _is_versioned(package, path, node):
    bases = list(_bases(package, path, node))
    return any("Versioned" in name for name, _ in bases) or any(found and _is_versioned(package, *found) for _, found in bases)


def _imports(package, path, seen=None):
    """Third-party modules without which a file cannot be imported."""
    seen = set() if seen is None else seen
    if path in seen:
        return set()
    seen.add(path)
    found = set()
    for node in package.trees[path].body:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [_absolute(path, node)]
            names += [f"{names[0]}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            own = package.module(name)
            if own:
                # The `__init__` files of a package catch errors of their imports, or are lazy.
                found |= set() if own.endswith("/__init__.py") else _imports(package, own, seen)
            else:
                found.add(name.split(".")[0])
    return {name for name in found if name not in STANDARD and name not in WITH_KEDRO}


def _extras(package):
    """Requirements by extra, with extras of extras resolved."""
    direct = defaultdict(list)
    for line in package.metadata.splitlines():
        match = re.match(r"Requires-Dist: ([\w.-]+)\s*(?:\[([^\]]*)\])?.*;.*extra\s*==\s*['\"]([\w.-]+)['\"]", line)
        if match:
            direct[match[3].lower()].append((match[1].lower().replace("_", "-"), (match[2] or "").split(",")))

    def resolve(extra, seen=()):
        if extra in seen:
            return set()
        result = set()
        for name, inner in direct.get(extra, ()):
            if name == "kedro-datasets":
                result |= set().union(*(resolve(each.strip().lower(), (*seen, extra)) for each in inner))
            else:
                result.add(name)
        return result

    return {extra: resolve(extra) for extra in direct}


def classes(wheel, folders):
    """One line of text for each public class."""
    package = Package(wheel)
    extras = _extras(package)
    lines = {}
    for path in sorted(package.trees):
        folder = next((each for each in folders if path.startswith(each)), None)
        if folder is None or not path.endswith("/__init__.py") or "/tests/" in path or "/_" in path.replace("/__init__", ""):
            continue
        module = path.removesuffix("/__init__.py").replace("/", ".").removeprefix("kedro_datasets.")
        if module in ("kedro_datasets", "kedro_datasets_experimental"):
            continue
        for name, submodule in _exports(package, path).items():
            file = path.replace("__init__", submodule.replace(".", "/")) if submodule else path
            found = package.bound(file if file in package.trees else path, name)
            if found is None or not _is_dataset(package, *found):
                continue
            where, node = found
            args = _constructor(package, where, node)
            extra = f"{module.split('.')[-1]}-{node.name}".lower()
            needs = extras.get(extra, set())
            lines[f"{module}.{name}"] = " ".join([
                submodule or "-",
                ",".join(args) or "-",
                "versioned" if _is_versioned(package, where, node) else "-",
                ",".join(sorted(_imports(package, where))) or "-",
                ",".join(sorted(needs)) or "-",
            ])
    return lines


def _is_dataset(package, path, node):
    if re.search(r"(Error|Protocol|Catalog|Resolver|Version)$", node.name) or node.name.startswith("Abstract"):
        return False
    return any(
        name in KEDRO_BASES or re.search(r"Data[Ss]et$", name) or (found and _is_dataset(package, *found))
        for name, found in _bases(package, path, node)
    )


def _download(name, version, folder):
    file = next(iter(folder.glob(f"{name.replace('-', '_')}-{version}-*.whl")), None)
    if file is None:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*command, "--ignore-requires-python", "-d", folder, f"{name}=={version}"], check=True)
        file = next(iter(folder.glob(f"{name.replace('-', '_')}-{version}-*.whl")))
    return file


def main(folder):
    text = [
        "# Made by scripts/known/datasets.py; do not edit. A line is: class, first and last version with these arguments",
        "# (* if it is the newest), submodule, arguments (! required, ** any), versioned, imports, requirements of its extra.",
    ]
    for name, versions, folders in PACKAGES:
        text.append(f"= {name} {' '.join(versions)}")
        spans = {}
        for version in versions:
            for key, line in classes(_download(name, version, folder), folders).items():
                earlier = spans.setdefault(key, [])
                if earlier and earlier[-1][2] == line and earlier[-1][1] == versions[versions.index(version) - 1]:
                    earlier[-1][1] = version
                else:
                    earlier.append([version, version, line])
        for key in sorted(spans):
            for first, last, line in spans[key]:
                text.append(f"{key} {first} {'*' if last == versions[-1] else last} {line}")
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text("\n".join(text) + "\n")
    print(f"{len(text)} lines, {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(Path(made))
