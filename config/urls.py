from django.urls import include, path

urlpatterns = [
    path("", include("loyalty_admin.accounts.urls")),
    path("connections/", include("loyalty_admin.connections.urls")),
    path("", include("loyalty_admin.chains.urls")),
    path("chains/<int:chain_id>/", include("loyalty_admin.home.urls")),
    path(
        "chains/<int:chain_id>/membership-types/",
        include("loyalty_admin.membership_types.urls"),
    ),
    path(
        "chains/<int:chain_id>/gift-card-types/",
        include("loyalty_admin.gift_card_types.urls"),
    ),
    path("chains/<int:chain_id>/memberships/", include("loyalty_admin.memberships.urls")),
    path("chains/<int:chain_id>/transactions/", include("loyalty_admin.transactions.urls")),
    path("chains/<int:chain_id>/jobs/", include("loyalty_admin.jobs.urls")),
    path("chains/<int:chain_id>/promotions/", include("loyalty_admin.promotions.urls")),
    path(
        "chains/<int:chain_id>/notification-templates/",
        include("loyalty_admin.notification_templates.urls"),
    ),
    path("activity/", include("loyalty_admin.audit.urls")),
]

handler403 = "loyalty_admin.web.views.forbidden"
