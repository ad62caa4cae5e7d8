from django.urls import path

from loyalty_admin.accounts import reset_views, staff_views, two_step_views, views

app_name = "accounts"

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("login/code/", two_step_views.code, name="code"),
    path("logout/", views.logout, name="logout"),
    path("join/<str:token>/", views.join, name="join"),
    path("reset/", reset_views.forgot, name="forgot"),
    path("reset/<str:token>/", reset_views.reset, name="reset"),
    # account/
    path("account/", views.account, name="account"),
    path("account/password/", views.password, name="password"),
    path("account/two-step/", two_step_views.start, name="two_step_start"),
    path("account/two-step/set-up/", two_step_views.set_up, name="two_step_set_up"),
    path("account/two-step/off/", two_step_views.off, name="two_step_off"),
    path("account/two-step/recovery-codes/", two_step_views.recovery_codes, name="recovery_codes"),
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
    path("staff/<int:person_id>/reset-link/", staff_views.reset_link, name="reset_link"),
    path(
        "staff/<int:person_id>/two-step-off/",
        staff_views.two_step_off,
        name="two_step_off_for",
    ),
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
