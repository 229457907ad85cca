"""`POST /api/v1/evaluate`: the evaluation contract over HTTP, open to anybody, in small portions."""

import logging
from io import BytesIO

from django.http import HttpResponse
from redis.exceptions import RedisError
from rest_framework.exceptions import Throttled
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from applications.official import current_reference
from measures.contract import ContractError, answer_stream, refusal_json
from measures.jsontext import dumps

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1024 * 1024
JSON = "application/json"
JSON_LINES = "application/x-ndjson"


class OneRenderer(BaseContentNegotiation):
    """Answers in the form of the question, whatever forms the caller says it accepts."""

    def select_parser(self, request, parsers):
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class CallsOfAnAddress(ScopedRateThrottle):
    """Counts the calls of each address in the cache; where that is away, nobody is turned away."""

    def allow_request(self, request, view):
        try:
            return super().allow_request(request, view)
        except RedisError:
            log.warning("Calls are not counted, because the cache does not answer.")
            return True


class EvaluateView(APIView):
    """Answers cases as the command does: an array by an array, lines by lines, one object by one object.

    Stores nothing. The body is JSON, or lines of it, in UTF-8 and at most 1 MB. Arrays and several lines are answered
    with 200, refused cases standing in their place; a single case that is refused with 400; a larger body with 413;
    another content type with 415; too many calls from one address with 429. Every refusal has the contract's form.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (CallsOfAnAddress,)
    throttle_scope = "evaluate"
    content_negotiation_class = OneRenderer

    def post(self, request):
        if request.content_type.partition(";")[0].strip().lower() not in (JSON, JSON_LINES):
            return _refused(415, "unsupported_type", "请求内容应是 JSON，或每行一个 JSON 对象。")
        body = request.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            return _refused(413, "too_large", "请求内容不能超过 1 MB。")
        chunks = []
        tally = answer_stream(BytesIO(body), chunks.append, current_reference())
        several = tally.shape == "array" or tally.cases > 1
        return HttpResponse(
            b"".join(chunks),
            status=400 if tally.refused and not several else 200,
            content_type=JSON_LINES if tally.shape == "lines" and several else JSON,
        )

    def handle_exception(self, exc):
        response = super().handle_exception(exc)
        if isinstance(exc, Throttled):
            response.data = _refusal("too_many_calls", f"测算次数过多，请在 {exc.wait or 1:.0f} 秒后再试。")
        return response


def _refusal(code, message):
    return refusal_json(None, ContractError("", code, message))


def _refused(status, code, message):
    return HttpResponse(dumps(_refusal(code, message)), status=status, content_type=JSON)
