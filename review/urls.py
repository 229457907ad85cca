"""Addresses of this app."""

from django.urls import path

from review.console import batches, notices

app_name = "review"

urlpatterns = [
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
