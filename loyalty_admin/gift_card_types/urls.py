from loyalty_admin.gift_card_types.screens import urlpatterns as urlpatterns

app_name = "gift_card_types"
