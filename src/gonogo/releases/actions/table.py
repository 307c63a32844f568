"""Every action of this room by name."""

from __future__ import annotations

from collections.abc import Mapping

from gonogo.kernel.actions import Action
from gonogo.releases.actions.backup.action import back_up, restore
from gonogo.releases.actions.contract.action import record_contract, verify_contract
from gonogo.releases.actions.database.action import check
from gonogo.releases.actions.environment.action import verify_env
from gonogo.releases.actions.incident import open_from_call
from gonogo.releases.actions.load.action import end_load, make_load
from gonogo.releases.actions.secrets.action import scan_secrets

ACTIONS: Mapping[str, Action] = {
    "backup": back_up,
    "restore": restore,
    "verify-env": verify_env,
    "secrets.scan": scan_secrets,
    "contract.record": record_contract,
    "contract.verify": verify_contract,
    "database.check": check,
    "load": make_load,
    "load.end": end_load,
    "incident.open": open_from_call,
}
