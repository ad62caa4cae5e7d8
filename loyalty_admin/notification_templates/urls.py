from django.urls import path

from loyalty_admin.notification_templates import views

app_name = "notification_templates"
urlpatterns = [
    path("", views.index, name="index"),
    path("loaded/", views.loaded, name="loaded"),
    path("refresh/", views.refresh, name="refresh"),
]
