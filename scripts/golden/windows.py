"""Writes tests/golden/snapshot/windows.json: what azure-ai-ml selects and hashes of trees as Windows users have them.

Run with azure-ai-ml 1.35.2: `python3 -m venv /tmp/aml && /tmp/aml/bin/pip install azure-ai-ml==1.35.2`, then
`/tmp/aml/bin/python scripts/golden/windows.py`. Of names different in case only, the order and so the hash is that of
the file system, which is why that tree has no hash.
"""

import json
import os
import tempfile
from pathlib import Path

from azure.ai.ml._utils._asset_utils import get_content_hash, get_upload_files_from_folder
from azure.ai.ml.entities._component.code import ComponentIgnoreFile

CASES = {
    "line ends of Windows": ({"a.py": "x = 1\r\ny = 2\r\n", "b.txt": "1\r2\n"}, None),
    "names different in case only": ({"A.py": "1", "a.py": "2", "B/x.py": "3", "b/x.py": "4"}, None),
    "names reserved by Windows": ({"con.py": "1", "aux": "2", "nul.txt": "3", "d/COM1.csv": "4", "end. ": "5"}, None),
    "backslashes in patterns": (
        {"data/raw/a.csv": "1", "dataraw": "2", "x*y": "3", "xzy": "4", "b.py": "5"},
        "data\\raw\nx\\*y\n",
    ),
    "a pattern in another case": ({"Data/a.csv": "1", "data/b.csv": "2", "c.py": "3"}, "data/\n"),
    "an ignore file with line ends of Windows": ({"data/a.csv": "1", "b.py": "2", "c.log": "3"}, "data/\r\n*.log\r\n"),
}


def selected(name, tree, ignore):
    with tempfile.TemporaryDirectory() as root:
        files = tree if ignore is None else {**tree, ".amlignore": ignore}
        for path, text in files.items():
            target = Path(root, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
        found = get_upload_files_from_folder(root, ignore_file=ComponentIgnoreFile(root))
        # The plugin copies what is selected, without the ignore file itself, and azure-ai-ml uploads the copy.
        names = sorted(path for path in (os.path.relpath(path, root) for path, _ in found) if path != ".amlignore")
        with tempfile.TemporaryDirectory() as copy:
            for path in names:
                target = Path(copy, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(Path(root, path).read_bytes())
            code_hash = None if "case only" in name else get_content_hash(copy)
        return {"name": name, "tree": tree, "patterns": ignore, "selected": names, "code_hash": code_hash}


if __name__ == "__main__":
    target = Path(__file__).parent.parent / "tests/golden/snapshot/windows.json"
    cases = [selected(name, *case) for name, case in CASES.items()]
    target.write_text(json.dumps(cases, indent=1, ensure_ascii=False) + "\n")
