from django.urls import path

from loyalty_admin.promotions import action_views, form_views, views

app_name = "promotions"
urlpatterns = [
    path("", views.index, name="index"),
    path("loaded/", views.loaded, name="loaded"),
    path("refresh/", views.refresh, name="refresh"),
    path("export/", views.export, name="export"),
    path("new/", form_views.choose_kind, name="choose_kind"),
    path("new/<slug:kind>/", form_views.new, name="new"),
    path("summary/", form_views.summary, name="summary"),
    path("trash/", views.trash, name="trash"),
    path("trash/<int:entry_id>/again/", form_views.create_again, name="create_again"),
    path("<int:promotion_id>/", views.detail, name="detail"),
    path("<int:promotion_id>/menu/", views.menu, name="menu"),
    path("<int:promotion_id>/edit/", form_views.edit, name="edit"),
    path("<int:promotion_id>/clone/", form_views.clone, name="clone"),
    path("<int:promotion_id>/delete/", action_views.delete, name="delete"),
]
