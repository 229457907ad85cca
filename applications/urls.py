"""Addresses of this app."""

from django.urls import path

from applications.portal import claim, evidence, filing, year

app_name = "portal"

urlpatterns = [
    path("my/", year.my_year, name="my_year"),
    path("my/<int:year>/", year.my_year, name="my_year"),
    path("claims/new/<item>/", filing.claim_new, name="claim_new"),
    path("claims/<number>/", claim.claim, name="claim"),
    path("claims/<number>/edit/", filing.claim_edit, name="claim_edit"),
    path("claims/<number>/autosave/", filing.claim_autosave, name="claim_autosave"),
    path("claims/<number>/estimate/", filing.claim_estimate, name="claim_estimate"),
    path("claims/<number>/upload/<document>/", evidence.file_give, name="claim_upload"),
    path("claims/<number>/evidence/<int:pk>/remove/", evidence.file_take_out, name="evidence_remove"),
    path("claims/<number>/withdraw/", claim.claim_take_back, name="claim_withdraw"),
    path("claims/<number>/reconsider/", claim.claim_reconsider, name="claim_reconsider"),
    path("evidence/<int:pk>/", evidence.file, name="file"),
]
