from django.urls import path

from loyalty_admin.home import views

app_name = "home"
urlpatterns = [
    path("", views.index, name="index"),
    path("home/<slug:name>/", views.panel, name="panel"),
]
