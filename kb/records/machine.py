"""Which machine this is: a random name, made anew where the folder was copied elsewhere."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

from kb.records.event import Entropy
from kb.records.journal import make_folder

FILE = "machine.json"


def machine_id(folder: Path, entropy: Entropy) -> str:
    """The name of this machine in its records. The caller holds the store's write lock.

    It is bound to the system, the place and the account: the counter of a copied folder must not
    go on under the name of the original.
    """
    path = folder / FILE
    bound = _bound(folder)
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if said["bound"] == bound and isinstance(said["id"], str) and said["id"].isalnum():
            return str(said["id"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # none yet, or not ours: a new name costs nothing
    name = entropy(6).hex()
    make_folder(folder)
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"id": name, "bound": bound}) + "\n", encoding="utf-8")
    part.chmod(0o600)
    part.replace(path)
    return name


def _bound(folder: Path) -> str:
    try:
        system = Path("/etc/machine-id").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        system = os.environ.get("COMPUTERNAME") or _node()
    account = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    text = f"{system}\n{folder.absolute()}\n{account}"
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _node() -> str:
    """The name of the computer, where it has no id: a Mac."""
    return os.uname().nodename if sys.platform != "win32" else ""
