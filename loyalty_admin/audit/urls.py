from django.urls import path

from loyalty_admin.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.index, name="index"),
    path("export/", views.export, name="export"),
    path("<int:entry_id>/", views.detail, name="detail"),
    path("<int:entry_id>/check/", views.check, name="check"),
    path("<int:entry_id>/decide/", views.decide, name="decide"),
    path("<int:entry_id>/close/", views.close, name="close"),
]
