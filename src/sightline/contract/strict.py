"""Reading a parsed YAML file strictly: every fault is one error that names the file and the key."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import yaml

from sightline.contract.table import ContractError

__all__ = ["faults_of", "one_of", "only", "properties"]


@contextmanager
def faults_of(where: str) -> Iterator[None]:
    """Turns what a badly shaped file sets off into one ContractError that names the file."""
    try:
        yield
    except FileNotFoundError:
        raise ContractError(where, "the file is missing") from None
    except yaml.YAMLError as fault:
        raise ContractError(where, f"not YAML: {str(fault).splitlines()[0]}") from fault
    except KeyError as fault:
        raise ContractError(where, f"the key `{fault.args[0]}` is missing") from fault
    except (AttributeError, IndexError, TypeError, ValueError) as fault:
        raise ContractError(where, f"not shaped as a contract: {fault}") from fault


def only(where: str, mapping: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuses the first key that is not among those `known`."""
    for key in mapping:
        if key not in known:
            raise ContractError(where, f"unknown key `{key}`")


def one_of(where: str, key: str, value: Any, known: Collection[str]) -> str:
    """The value, when it is one of those `known`."""
    if value is None:
        raise ContractError(where, f"has no {key}")
    if value not in known:
        raise ContractError(where, f"{key} is `{value}`, not one of {', '.join(known)}")
    return str(value)


def properties(where: str, part: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """customProperties, a list of {property, value}, as a dictionary."""
    found: dict[str, Any] = {}
    for entry in part.get("customProperties", ()):
        only(where, entry, ("property", "value"))
        if entry["property"] in found:
            raise ContractError(where, f"`{entry['property']}` is given twice")
        found[entry["property"]] = entry["value"]
    only(where, found, known)
    return found
