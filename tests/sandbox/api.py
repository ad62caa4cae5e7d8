"""A caller of the stand-in that adds nothing of its own: the tests say all that is sent."""

from __future__ import annotations

from typing import Any

import requests

from loyalty_admin.sandbox.server import CHAINS, Sandbox
from tests.conftest import PASSWORD

SALON, FITNESS = CHAINS
ACCEPT = "application/vnd.api.v2+json"
TYPES = f"/chain/{SALON}/loyalty/abonement_types"
FITNESS_TYPES = f"/chain/{FITNESS}/loyalty/abonement_types"
CERTIFICATES = f"/chain/{SALON}/loyalty/certificate_types"
FITNESS_CERTIFICATES = f"/chain/{FITNESS}/loyalty/certificate_types"
MANICURE, PEDICURE = 710201, 710202
NAILS = 7102
YOGA = 810101


class Api:
    def __init__(self, sandbox: Sandbox, login: str) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.trust_env = False
        self.headers = {
            "Accept": ACCEPT,
            "Authorization": f"Bearer {sandbox.partner_token}",
        }
        answer = self.call("POST", "/auth", {"login": login, "password": PASSWORD})
        self.headers["Authorization"] += f", User {answer.json()['data']['user_token']}"

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        return self.session.request(
            method,
            self.sandbox.api_url + path,
            json=body,
            headers=options.pop("headers", self.headers),
            timeout=options.pop("timeout", 10),
            allow_redirects=False,
            **options,
        )

    def read(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def make(self, **fields: Any) -> dict[str, Any]:
        """A new type of the salon chain, in raw state."""
        answer = self.call("POST", TYPES, body_of(**fields))
        assert answer.status_code == 201, answer.text
        return self.sandbox.type_of(SALON, int(answer.json()["data"]["id"]))

    def make_certificate_type(self, **fields: Any) -> dict[str, Any]:
        """A new certificate type of the salon chain, in raw state."""
        answer = self.call("POST", CERTIFICATES, certificate_body(**fields))
        assert answer.status_code == 201, answer.text
        return self.sandbox.certificate_type_of(SALON, int(answer.json()["data"]["id"]))

    def outcome(
        self, method: str, path: str, body: Any = None, **query: Any
    ) -> tuple[int, set[str]]:
        """The status of an answer, and the fields that it names as wrong: brackets removed, nested
        ones with a dot."""
        answer = self.call(method, path, body, params=query)
        meta = answer.json()["meta"] if answer.status_code >= 400 else {}
        names = meta.get("errors", ()) if isinstance(meta, dict) else ()
        return answer.status_code, {name.strip("[]").replace("][", ".") for name in names}

    def errors(
        self, method: str, path: str, body: Any = None, *, status: int = 422, **query: Any
    ) -> set[str]:
        """The fields that a refused call names."""
        code, names = self.outcome(method, path, body, **query)
        assert code == status, (method, path, body, query, code)
        return names


def body_of(chain_id: int = SALON, **fields: Any) -> dict[str, Any]:
    """A complete, valid body of a write; fields of `None` are left out."""
    service = MANICURE if chain_id == SALON else YOGA
    body: dict[str, Any] = {
        "title": "Five visits",
        "salon_group_id": chain_id,
        "cost": 100,
        "services": {str(service): 5},
        "service_categories": {},
        "is_united_balance": False,
        "united_balance_services_count": 0,
        "period": 3,
        "period_unit_id": 3,
    } | fields
    return {name: value for name, value in body.items() if value is not None}


def certificate_body(**fields: Any) -> dict[str, Any]:
    """A complete, valid body of a write; a nested field is given as `expiration__date`."""
    body: dict[str, Any] = {
        "title": "Fifty",
        "balance": 50,
        "is_multi": True,
        "item_type_id": 0,
        "is_allow_empty_code": False,
        "balance_edit_type_id": 1,
        "service_ids": [],
        "salon_ids": [501],
        "expiration": {"type_id": 0, "date": None, "timeout": 0, "timeout_unit_id": 0},
        "online_sale": {"is_enabled": False, "title": "", "description": "", "price": 0},
        "category_id": None,
    }
    for name, value in fields.items():
        outer, _, inner = name.partition("__")
        if inner:
            body[outer][inner] = value
        else:
            body[outer] = value
    return body


def covered(raw: dict[str, Any]) -> dict[int, int | None]:
    """Covered services and categories: id -> visits, None for unlimited."""
    return {
        (link.get("service") or link.get("category"))["id"]: None
        if link["is_unlimited"]
        else link["count"]
        for link in raw["balance_container"]["links"]
    }
