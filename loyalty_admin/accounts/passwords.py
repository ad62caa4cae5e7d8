"""A password that the product's own words make up is the first that a stranger tries."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection

# Of this product and its trade, in lower case; the chains' own titles are added to them.
WORDS = (
    *("loyalty", "admin", "altegio", "yclients", "beauty", "fitness", "spa"),
    *("membership", "gift", "card", "promotion", "cashback", "bonus", "discount"),
    *("manager", "editor", "viewer", "password", "welcome", "qwerty"),
)
LEAST_BESIDE = 6


class OwnWordsValidator:
    """Refuses a password in which fewer than six letters or digits stand beside such words.

    Years and signs around a word add nothing that is hard to guess.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        rest = password.lower()
        for word in sorted({*WORDS, *_chain_words()}, key=len, reverse=True):
            rest = rest.replace(word, " ")
        beside = re.sub(r"(19|20)\d\d|[\W_]", "", rest)
        if len(beside) < LEAST_BESIDE:
            raise ValidationError(self.get_help_text(), code="password_of_own_words")

    def get_help_text(self) -> str:
        return _("It may not be made up of this product's or the chain's words.")


def _chain_words() -> set[str]:
    titles = (
        str(chain.get("title", ""))
        for chains in Connection.objects.values_list("chains", flat=True)
        for chain in chains
    )
    return {word for title in titles for word in re.findall(r"\w{4,}", title.lower())}
