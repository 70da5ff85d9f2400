"""Seal the facts' secrets anew, while nothing else writes and readers go on reading."""

import os

from sightline.site import Site

__all__ = ["reseal_site"]


def reseal_site(site: Site) -> int:
    """Seal vault, refused rows and credentials with the current secret; how many things changed.

    Killed half-way it leaves everything readable, and the next call does the rest. Raises `busy`
    when another command is changing the site.
    """
    with site.warehouse.writing():
        with site.vault(site.warehouse.current()) as vault:
            done = vault.reseal()
        return done + _reseal_refused(site) + site.sources.reseal()


def _reseal_refused(site: Site) -> int:
    ciphers = site.keys.ciphers("refused")
    done = 0
    folder = site.warehouse.refused_file("")
    for path in sorted(folder.glob("*.bin")):
        sealed = path.read_bytes()
        if ciphers.is_current(sealed, b""):
            continue
        temporary = path.with_name(f".{path.name}.tmp")
        with temporary.open("wb") as file:
            file.write(site.keys.seal(site.keys.unseal(sealed)))
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
        done += 1
    return done
