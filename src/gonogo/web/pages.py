"""The shell's own pages."""

from __future__ import annotations

from gonogo.web.account import AccountController
from gonogo.web.audit import AuditController
from gonogo.web.front import FrontController
from gonogo.web.keys import KeysController
from gonogo.web.people import PeopleController

CONTROLLERS = (FrontController, AuditController, PeopleController, KeysController, AccountController)
