"""Addresses of this app."""

from django.urls import path

from review.console import (
    batches,
    bulk,
    decide,
    desk,
    enterprises,
    notices,
    queue,
    rules,
    search,
    start,
    support,
)

app_name = "review"

urlpatterns = [
    path("", start.start, name="start"),
    path("rules/", rules.rules, name="rules"),
    path("queue/", queue.queue, name="queue"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("claims/", search.search, name="search"),
    path("claims/<str:number>/", desk.claim, name="claim"),
    path("claims/<str:number>/computing/", desk.computing, name="computing"),
    path("claims/<str:number>/verify/", decide.verify, name="verify"),
    path("claims/<str:number>/take/", decide.hands, {"way": "take"}, name="take"),
    path("claims/<str:number>/hand-back/", decide.hands, {"way": "hand-back"}, name="hand_back"),
    path("claims/<str:number>/<slug:action>/", decide.decide, name="decide"),
    path("enterprises/", enterprises.enterprises, name="enterprises"),
    path("enterprises/<int:pk>/", enterprises.enterprise, name="enterprise"),
    path("support/", support.support, name="support"),
    path("support/<str:number>/", support.support_request, name="support_request"),
    path("notices/", notices.notices, name="notices"),
    path("notices/new/<slug:payer>/<int:year>/", notices.notice_new, name="notice_new"),
    path("notices/<slug:number>/", notices.notice, name="notice"),
    path("notices/<slug:number>/end/", notices.notice_end, name="notice_end"),
    path("batches/", batches.batches, name="batches"),
    path("batches/new/<slug:payer>/", batches.batch_new, name="batch_new"),
    path("batches/<slug:number>/", batches.batch, name="batch"),
    path("batches/<slug:number>/file/", batches.batch_file, name="batch_file"),
    path("batches/<slug:number>/<slug:action>/", batches.batch_act, name="batch_act"),
]
