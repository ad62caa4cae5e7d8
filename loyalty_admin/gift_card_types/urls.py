from django.urls import path

from loyalty_admin.gift_card_types import action_views, form_views, views

app_name = "gift_card_types"
urlpatterns = [
    path("", views.index, name="index"),
    path("loaded/", views.loaded, name="loaded"),
    path("refresh/", views.refresh, name="refresh"),
    path("export/", views.export, name="export"),
    path("new/", form_views.new, name="new"),
    path("trash/", views.trash, name="trash"),
    path("trash/<int:entry_id>/again/", form_views.create_again, name="create_again"),
    path("<int:type_id>/", views.detail, name="detail"),
    path("<int:type_id>/row/", views.row, name="row"),
    path("<int:type_id>/menu/", views.menu, name="menu"),
    path("<int:type_id>/row/edit/", form_views.edit_row, name="edit_row"),
    path("<int:type_id>/edit/", form_views.edit, name="edit"),
    path("<int:type_id>/clone/", form_views.clone, name="clone"),
    path("<int:type_id>/archive/", action_views.archive, name="archive"),
    path("<int:type_id>/unarchive/", action_views.unarchive, name="unarchive"),
    path("<int:type_id>/delete/", action_views.delete, name="delete"),
    path("<int:type_id>/restore/", action_views.restore, name="restore"),
]
