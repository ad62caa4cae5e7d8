from loyalty_admin.promotions.screens import urlpatterns as urlpatterns

app_name = "promotions"
