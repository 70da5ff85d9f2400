"""The data dictionary as one contract: what a table means, may hold, is for, and how long it stays.

In: a raw relation of text per table. Out: typed rows to store, and refused rows, each
with its reason and remedy. The same files give the reference pages and the privacy register.
"""

from sightline.contract.check import check_references, check_rows
from sightline.contract.codes import AttendanceCode, attendance_codes
from sightline.contract.model import Column, Contract, ContractError, Table, read_contract
from sightline.contract.rules import REASONS
from sightline.contract.settle import settle

__all__ = [
    "REASONS",
    "AttendanceCode",
    "Column",
    "Contract",
    "ContractError",
    "Table",
    "attendance_codes",
    "check_references",
    "check_rows",
    "read_contract",
    "settle",
]
