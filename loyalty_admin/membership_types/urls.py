from django.urls import path

from loyalty_admin.membership_types import views, write_views

app_name = "membership_types"
urlpatterns = [
    path("", views.index, name="index"),
    path("loaded/", views.loaded, name="loaded"),
    path("refresh/", views.refresh, name="refresh"),
    path("new/", write_views.new, name="new"),
    path("trash/", views.trash, name="trash"),
    path("trash/<int:entry_id>/again/", write_views.create_again, name="create_again"),
    path("<int:type_id>/", views.detail, name="detail"),
    path("<int:type_id>/row/", views.row, name="row"),
    path("<int:type_id>/row/edit/", write_views.edit_row, name="edit_row"),
    path("<int:type_id>/edit/", write_views.edit, name="edit"),
    path("<int:type_id>/clone/", write_views.clone, name="clone"),
    path("<int:type_id>/archive/", write_views.archive, name="archive"),
    path("<int:type_id>/unarchive/", write_views.unarchive, name="unarchive"),
    path("<int:type_id>/delete/", write_views.delete, name="delete"),
    path("<int:type_id>/restore/", write_views.restore, name="restore"),
]
