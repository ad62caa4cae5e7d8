from django.urls import path

from loyalty_admin.memberships import change_views, several_views, views

app_name = "memberships"
urlpatterns = [
    path("", views.index, name="index"),
    path("several/", several_views.change_several, name="several"),
    path("<int:membership_id>/", views.detail, name="detail"),
    path("<int:membership_id>/freeze/", change_views.freeze, name="freeze"),
    path("<int:membership_id>/unfreeze/", change_views.unfreeze, name="unfreeze"),
    path("<int:membership_id>/balance/", change_views.balance, name="balance"),
    path("<int:membership_id>/validity/", change_views.validity, name="validity"),
]
