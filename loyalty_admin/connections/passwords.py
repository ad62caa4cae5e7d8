"""Words of the chains that no password may be made up of."""

from __future__ import annotations

import re

from loyalty_admin.accounts.passwords import OwnWordsValidator
from loyalty_admin.connections.models import Connection


class ChainWordsValidator(OwnWordsValidator):
    """Refuses also the words of the titles of all chains."""

    def words(self) -> set[str]:
        titles = (
            str(chain.get("title", ""))
            for chains in Connection.objects.values_list("chains", flat=True)
            for chain in chains
        )
        own = {word for title in titles for word in re.findall(r"\w{4,}", title.lower())}
        return super().words() | own
