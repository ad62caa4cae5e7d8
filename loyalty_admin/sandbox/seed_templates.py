"""The types of loyalty cards and the templates of messages that the stand-in starts with."""

from __future__ import annotations

from loyalty_admin.sandbox.state import Chain

SIZES = ("big", "mid", "small")
# Each occasion and its text; the small template is its first sentence.
TEXTS = {
    "loyalty_discount_expiration": "Your discount ends soon. Come by and keep it.",
    "loyalty_cashback_expiration": "Your points run out in a week. Spend them on anything.",
    "loyalty_discount_increased": "Your discount has grown. Thank you for coming again.",
    "loyalty_discount_decreased": "Your discount is smaller now. Visit us to raise it.",
    "loyalty_card_created": "Sveicam Aurora klubā! Jūsu karte ir gatava.",
    "loyalty_card_withdraw": "Баллы списаны. Спасибо, что вы с нами.",
    "loyalty_withdraw_cancelled": "Списание отменено. Баллы снова на карте.",
    "loyalty_card_manual": "We have added points to your card. Enjoy them.",
    "loyalty_card_manual_withdraw": "We have taken points off your card. Ask us why.",
    "loyalty_card_cashback": "You have earned points. See you soon 🎁",
    "loyalty_card_cashback_cancelled": "Points of a cancelled visit were taken back. Sorry!",
    "loyalty_card_income": "Su tarjeta se ha recargado. ¡Gracias!",
    "loyalty_discount_changed": 'Your discount has changed. <b>Tom & Anna</b>, "Aurora".',
    "loyalty_cashback_changed": "Your cashback has changed. </textarea><script>alert(4)</script>",
    "loyalty_settings_abonement_notification": "Your membership ends soon. {{ 7*7 }} visits left.",
}
LACKING = {("loyalty_discount_changed", "small"), ("loyalty_card_income", "mid")}
OWN = {
    "loyalty_card_created": "Labdien! Šī ir jūsu karte.\nMēs gaidām jūs.",
    "loyalty_discount_expiration": "</textarea><img src=x onerror=alert(3)>",
}
FITNESS_TEXTS = {
    "loyalty_card_created": "Картаңыз дайын. Қош келдіңіз!",
    "loyalty_cashback_changed": "Кэшбэк изменился. Ждём вас в зале.",
}


def add_salon_words(chain: Chain) -> None:
    titles = ("Aurora Club", "Zelta karte", "<b>VIP</b> \"card\" & 'more'")
    chain.card_types = [{"id": 41 + place, "title": title} for place, title in enumerate(titles)]
    _add_templates(chain, TEXTS, first_id=301)
    chain.program_templates += [
        {"id": 381 + place, "type": "custom", "body": body, "message_type": message_type}
        for place, (message_type, body) in enumerate(OWN.items())
    ]


def add_fitness_words(chain: Chain) -> None:
    chain.card_types = [{"id": 51, "title": "Тұлпар картасы"}]
    _add_templates(chain, FITNESS_TEXTS, first_id=401)


def _add_templates(chain: Chain, texts: dict[str, str], *, first_id: int) -> None:
    for place, (message_type, text) in enumerate(texts.items()):
        start = text.split(". ")[0]
        bodies = {"big": f"{text}\n{chain.title}", "mid": text, "small": start}
        for turn, size in enumerate(SIZES):
            if (message_type, size) not in LACKING:
                chain.program_templates.append(
                    {
                        "id": first_id + place * len(SIZES) + turn,
                        "type": size,
                        "body": bodies[size],
                        "message_type": message_type,
                    }
                )
