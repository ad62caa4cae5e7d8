from django.urls import path

from loyalty_admin.transactions import views

app_name = "transactions"
urlpatterns = [
    path("", views.index, name="index"),
    path("totals/", views.add_up, name="add_up"),
    path("totals/<int:job_id>/", views.show_totals, name="totals"),
    path("export/", views.export, name="export"),
    path("export/<int:job_id>/", views.download, name="download"),
]
