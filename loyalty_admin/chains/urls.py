from django.urls import path

from . import views

app_name = "chains"
urlpatterns = [
    path("", views.enter, name="enter"),
    path("chains/", views.index, name="index"),
    path(
        "chains/<int:chain_id>/acting-connection/",
        views.choose_connection,
        name="choose_connection",
    ),
]
