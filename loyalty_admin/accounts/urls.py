from django.urls import path

from loyalty_admin.accounts import staff_views, views

app_name = "accounts"

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.logout, name="logout"),
    path("join/<str:token>/", views.join, name="join"),
    # account/
    path("account/", views.account, name="account"),
    path("account/password/", views.password, name="password"),
    path("account/sessions/end-others/", views.end_other_sessions, name="end_other_sessions"),
    path("account/sessions/<int:session_id>/end/", views.end_session, name="end_session"),
    # staff/
    path("staff/", staff_views.staff, name="staff"),
    path("staff/invite/", staff_views.invite, name="invite"),
    path(
        "staff/invitations/<int:invitation_id>/withdraw/",
        staff_views.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("staff/<int:person_id>/", staff_views.person, name="person"),
    path(
        "staff/<int:person_id>/sessions/<int:session_id>/end/",
        staff_views.end_session,
        name="end_session_of",
    ),
    path(
        "staff/<int:person_id>/sessions/end/",
        staff_views.end_sessions,
        name="end_sessions_of",
    ),
]
