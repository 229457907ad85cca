"""Addresses of this app."""

from django.urls import path

from applications.portal import (
    calculator,
    claim,
    confirm,
    enterprise,
    evidence,
    filing,
    home,
    measures,
    notices,
    signup,
    support,
    year,
)

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("measures/", measures.measures, name="measures"),
    path("measures/<int:number>/", measures.measure, name="measure"),
    path("calculator/", calculator.calculator, name="calculator"),
    path("calculator/result/", calculator.calculator_result, name="calculator_result"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<number>/", notices.notice, name="notice"),
    path("sign-up/", signup.sign_up, name="sign_up"),
    path("sign-up/enterprise/", signup.sign_up_enterprise, name="sign_up_enterprise"),
    path("sign-up/join/", signup.join, name="join"),
    path("sign-up/join/<int:pk>/withdraw/", signup.join_withdraw, name="join_withdraw"),
    path("enterprise/", enterprise.enterprise, name="enterprise"),
    path("enterprise/edit/", enterprise.enterprise_edit, name="enterprise_edit"),
    path("enterprise/account/", enterprise.account, name="account"),
    path("enterprise/join/<int:pk>/accept/", enterprise.join_answer, {"accept": True}, name="join_accept"),
    path("enterprise/join/<int:pk>/decline/", enterprise.join_answer, {"accept": False}, name="join_decline"),
    path("enterprise/people/<int:pk>/remove/", enterprise.member_remove, name="member_remove"),
    path("support/", support.support, name="support"),
    path("support/new/<item>/", support.support_new, name="support_new"),
    path("support/<number>/", support.support_request, name="support_request"),
    path("support/<number>/reply/", support.support_say, {"action": "reply"}, name="support_reply"),
    path("support/<number>/reopen/", support.support_say, {"action": "reopen"}, name="support_reopen"),
    path("support/<number>/close/", support.support_finish, name="support_close"),
    path("my/", year.my_year, name="my_year"),
    path("my/<int:year>/", year.my_year, name="my_year"),
    path("claims/new/<item>/", filing.claim_new, name="claim_new"),
    path("claims/new/<item>/confirm/", confirm.confirm, name="claim_confirm"),
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
