"""Whether a folder is a safe place for a database: not a share, not synced, not in a work tree."""

from __future__ import annotations

import re
from pathlib import Path

from kb.records.schema import FILE

NETWORK = frozenset(
    "nfs nfs4 cifs smb smb2 smb3 smbfs afs 9p ceph glusterfs lustre davfs ncpfs fuse.sshfs".split()
)
SYNCED = re.compile(
    r"dropbox|onedrive|google ?drive|my drive|icloud|mobile documents|nextcloud|owncloud|syncthing"
    r"|creative cloud files|pcloud|seafile",
    re.IGNORECASE,
)
_OCTAL = re.compile(r"\\([0-7]{3})")


def warnings(folder: Path, mounts: Path = Path("/proc/mounts")) -> list[str]:
    """What speaks against keeping the store in `folder`, each as one line."""
    found = []
    folder = folder.absolute()
    kind = file_system(folder, mounts)
    if kind in NETWORK or kind.startswith("fuse.") or kind == "fuse":
        found.append(f"{folder} is on a network file system ({kind}): locks may fail, records too")
    for part in folder.parts:
        if SYNCED.search(part):
            found.append(
                f"{folder} lies in a synced folder ({part}): it may be copied half written"
            )
            break
    for above in (folder, *folder.parents):
        if (above / ".git").exists():
            found.append(f"{folder} lies inside the work tree {above}: git clean would delete it")
            break
    return found


def others(folder: Path) -> bool:
    """Whether there are records of other studios beside these."""
    try:
        return any(
            (beside / FILE).exists() for beside in folder.parent.iterdir() if beside != folder
        )
    except OSError:
        return False


def file_system(folder: Path, mounts: Path) -> str:
    """The kind of file system a folder is on; empty where the system does not say."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    except OSError:
        return ""
    best, kind = Path(), ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(_OCTAL.sub(lambda octal: chr(int(octal[1], 8)), fields[1]))
        if folder.is_relative_to(point) and len(point.parts) >= len(best.parts):
            best, kind = point, fields[2]
    return kind
