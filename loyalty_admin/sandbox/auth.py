"""POST /auth: a login and a password for a user token."""

from __future__ import annotations

from loyalty_admin.sandbox.wire import Refusal, Reply, Request, Routes


def sign_in(request: Request) -> Reply:
    login, password = request.body.get("login"), request.body.get("password")
    errors = {
        name: ["The field is required."]
        for name, value in (("login", login), ("password", password))
        if not isinstance(value, str) or not value
    }
    if errors or not isinstance(login, str) or not isinstance(password, str):
        raise Refusal(422, "Validation error.", errors)
    for person in request.state.people:
        if person.has_login(login) and request.state.is_password(password):
            return Reply(
                {
                    "id": person.id,
                    "user_token": request.state.token_of(person),
                    "name": person.name,
                    "phone": person.phone,
                    "login": person.login,
                    "email": person.login,
                    "avatar": "",
                    "is_approved": True,
                    "is_email_confirmed": True,
                },
                status=200 if request.state.observed else 201,
            )
    raise Refusal(401, "Wrong login or password.")


ROUTES: Routes = [("POST", "/auth", sign_in)]
