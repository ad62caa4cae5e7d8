from django.urls import path

from loyalty_admin.memberships import change_views, export_views, several_views, views

app_name = "memberships"
urlpatterns = [
    path("", views.index, name="index"),
    path("export/", export_views.export, name="export"),
    path("export/<int:job_id>/", export_views.download, name="download"),
    path("several/", several_views.change_several, name="several"),
    path("<int:membership_id>/", views.detail, name="detail"),
    path("<int:membership_id>/freeze/", change_views.freeze, name="freeze"),
    path("<int:membership_id>/unfreeze/", change_views.unfreeze, name="unfreeze"),
    path("<int:membership_id>/balance/", change_views.balance, name="balance"),
    path("<int:membership_id>/validity/", change_views.validity, name="validity"),
]
