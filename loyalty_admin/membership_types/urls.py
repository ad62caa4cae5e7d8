from loyalty_admin.membership_types.screens import urlpatterns as urlpatterns

app_name = "membership_types"
