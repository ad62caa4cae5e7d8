from django.urls import path

from loyalty_admin.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:job_id>/", views.detail, name="detail"),
    path("<int:job_id>/cancel/", views.cancel, name="cancel"),
    path("<int:job_id>/go-on/", views.go_on, name="go_on"),
    path("<int:job_id>/retry/", views.retry, name="retry"),
]
