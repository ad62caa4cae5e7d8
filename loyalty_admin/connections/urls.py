from django.urls import path

from . import views

app_name = "connections"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("<int:connection_id>/sign-in/", views.sign_in, name="sign_in"),
    path("<int:connection_id>/people/", views.people, name="people"),
    path("<int:connection_id>/remove/", views.remove, name="remove"),
]
