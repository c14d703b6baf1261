"""Every published file is the one whose hash was logged: none changed, missing or added."""

from audit.log import Log
from audit.records import Logged, check_files
from audit.report import Findings
from audit.site import Refused, Site, read_value
from ledger.canonical import sha256_hex

TEAM_MANIFEST = "manifest.json"


def check_manifest(site: Site, log: Log, logged: list[Logged], findings: Findings) -> list[str]:
    """Compares the site with the latest publication for its audience; its good paths."""
    publications = [
        one for one in logged if one.type == "publication" and one.value["audience"] == log.audience
    ]
    if not publications:
        findings.failed(f"log: holds no publication for the {log.audience} site")
        return []
    files = _files(site, publications[-1])
    good = []
    for path, digest in sorted(files.items()):
        try:
            if sha256_hex(site.read(path)) != digest:
                raise Refused(path, "is not the file that was published: its hash differs")
            good.append(path)
        except Refused as refusal:
            findings.failed(str(refusal))
    for path in sorted(site.paths() or ()):
        if path not in files and not _is_covered_otherwise(path, log.audience):
            findings.failed(f"{path}: was not published: it is not in the manifest")
    return good


def _files(site: Site, publication: Logged) -> dict[str, str]:
    if publication.value["audience"] == "public":
        files: dict[str, str] = publication.value["files"]
        return files
    data = site.read(TEAM_MANIFEST)
    if sha256_hex(data) != publication.value["manifest"]:
        raise Refused(TEAM_MANIFEST, "is not the manifest that was published: its hash differs")
    value = read_value(data, TEAM_MANIFEST, "salt", "files")
    return check_files(value["files"], TEAM_MANIFEST)


def _is_covered_otherwise(path: str, audience: str) -> bool:
    """The log proves itself, and a record is named after its hash and referred to by an entry
    (the publication's own record could not be in its own manifest)."""
    return path.startswith(("log/", "records/")) or (audience == "team" and path == TEAM_MANIFEST)
