"""The doors to the evaluation, the command, the API and the calculator, give one result for one case."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError as RedisConnectionError
from rest_framework.throttling import ScopedRateThrottle

from applications.api.evaluate import MAX_BODY_BYTES
from config.addresses import PROJECT_DIR
from measures.registry import ITEMS
from tests.measures.test_contract import REFUSED
from tests.measures.test_examples import EXAMPLES
from tests.support.calculator import can_be_typed, typed

CASES = [example["case"] for example in EXAMPLES] + [case for _, case in REFUSED]
GOOD = {
    "case": "g",
    "year": 2022,
    "claims": [{"id": "a", "item": "5.3", "facts": {"participation_cny": "2"}}],
}
BAD = {"case": "b", "year": 2022}
#: Addresses where no server listens: the command must not even look for one.
NO_SERVERS = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}


def run(text, *arguments):
    """Run the command on bytes from standard input."""
    return subprocess.run(
        [sys.executable, str(PROJECT_DIR / "manage.py"), "evaluate", *arguments],
        input=text,
        capture_output=True,
        cwd=PROJECT_DIR,
        env={**os.environ, **NO_SERVERS, "DATA_DIR": str(settings.LAYOUT.data_dir)},
        timeout=120,
        check=False,
    )


@pytest.fixture
def post(db, servers):
    """Post a body to the API as a caller that nobody knows."""
    call_command("seed_reference", verbosity=0)
    client = Client()

    def send(body, content_type="application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.post(reverse("api:evaluate"), data=data, content_type=content_type)

    return send


def test_command_and_api_answer_every_case_alike(post):
    body = json.dumps(CASES).encode()
    by_command = run(body)
    by_api = post(body)
    assert by_command.returncode == 1
    assert by_api.status_code == 200
    answers = json.loads(by_command.stdout)
    assert answers == json.loads(by_api.content)
    assert len(answers) == len(CASES)
    assert {example["expected"].get("total_cny") for example in EXAMPLES} <= {
        answer.get("total_cny") for answer in answers
    }


TYPEABLE = [
    {**case, "claims": [{**claim, "id": str(number)} for number, claim in enumerate(case["claims"], 1)]}
    for case in (example["case"] for example in EXAMPLES if "error" not in example["expected"])
    if can_be_typed(case)
]


def shown(result):
    """What a page of the calculator shows, in the words of the contract."""
    return {
        "limit_cny": f"{result['limit']:.2f}",
        "total_cny": f"{result['total']:.2f}",
        "claims": [
            {
                "id": claim["id"],
                "item": claim["item"].code,
                "payable_cny": f"{claim['payable']:.2f}",
                "reasons": claim["reasons"],
                "steps": [
                    (f"{step['amount']:.2f}", step["text"], f"{step['clause_label']}：{step['clause_text']}")
                    for step in claim["steps"]
                ],
            }
            for claim in result["claims"]
        ],
    }


def as_shown(answer):
    """The same of a result of the contract."""
    return {
        "limit_cny": answer["limit_cny"],
        "total_cny": answer["total_cny"],
        "claims": [
            {
                **{name: claim[name] for name in ("id", "item", "payable_cny")},
                "reasons": [reason["text"] for reason in claim["reasons"]],
                "steps": [
                    (claim[f"{step['step']}_cny"], step["text"], step["clause"]) for step in claim["steps"]
                ],
            }
            for claim in answer["claims"]
        ],
    }


def test_command_api_calculator_and_shared_address_answer_every_case_alike_that_can_be_typed(post, client):
    call_command("seed_reference", verbosity=0)
    body = json.dumps(TYPEABLE).encode()
    answers = json.loads(run(body).stdout)
    assert answers == json.loads(post(body).content)
    carried = 0
    for case, answer in zip(TYPEABLE, answers, strict=True):
        page = client.post(*typed(case))
        assert page.context["left_out"] == [], case["case"]
        assert shown(page.context["result"]) == as_shown(answer), case["case"]
        assert f"{page.context['result']['total']:,.2f}" in page.content.decode()
        if page.context["link"]:
            shared = Client().get(page.context["link"])
            assert shown(shared.context["result"]) == as_shown(answer), case["case"]
            carried += 1
    assert carried > len(TYPEABLE) * 0.9
    assert {claim["item"] for answer in answers for claim in answer["claims"] if claim["steps"]} == {
        item.code for item in ITEMS.values() if not item.support
    }


def test_the_command_answers_lines_by_lines_and_stops_at_none(tmp_path: Path):
    lines = [json.dumps(case, ensure_ascii=False) for case in (GOOD, BAD, GOOD)]
    file = tmp_path / "cases.ndjson"
    file.write_text("\n\n".join([lines[0], "no json", *lines[1:]]), encoding="utf-8")
    done = run(b"", str(file))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["case"] for answer in answers] == ["g", None, "b", "g"]
    assert (done.returncode, done.stderr) == (1, b"")


def test_the_command_exits_with_0_where_nothing_is_refused():
    done = run(json.dumps(GOOD, indent=1).encode(), "-")
    assert json.loads(done.stdout)["total_cny"] == "1.00"
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_command_says_in_chinese_that_there_is_no_such_file(tmp_path: Path):
    done = run(b"", str(tmp_path / "none.json"))
    assert (done.returncode, done.stdout) == (2, b"")
    assert "文件不存在" in done.stderr.decode()
    assert "文件夹" in run(b"", str(tmp_path)).stderr.decode()


def test_a_reader_that_leaves_early_is_no_crash():
    line = json.dumps(GOOD).encode() + b"\n"
    command = f"'{sys.executable}' manage.py evaluate | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command],
        input=line * 5000,
        capture_output=True,
        cwd=PROJECT_DIR,
        env={**os.environ, **NO_SERVERS, "DATA_DIR": str(settings.LAYOUT.data_dir)},
        timeout=120,
        check=False,
    )
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == b""


PEAK_MEMORY = """
import os, resource, subprocess, sys
line = sys.stdin.buffer.readline()
command = subprocess.Popen([sys.executable, "manage.py", "evaluate"], stdin=-1, stdout=subprocess.DEVNULL)
for _ in range(int(sys.argv[1])):
    command.stdin.write(line)
command.communicate()
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak_memory(lines):
    """The most memory, in KiB, that the command takes for a number of lines."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK_MEMORY, str(lines)],
        input=json.dumps({**GOOD, "case": "x" * 2000}).encode() + b"\n",
        capture_output=True,
        cwd=PROJECT_DIR,
        env={**os.environ, **NO_SERVERS, "DATA_DIR": str(settings.LAYOUT.data_dir)},
        timeout=120,
        check=True,
    )
    return int(done.stdout)


def test_lines_are_answered_in_constant_memory():
    assert peak_memory(20_000) - peak_memory(500) < 8_000


def test_a_single_refused_case_is_answered_with_400(post):
    response = post(BAD)
    assert response.status_code == 400
    assert response.json()["error"]["path"] == "claims"
    assert post(GOOD).status_code == 200
    assert post([BAD]).status_code == 200
    assert post(b" ").json()["error"]["code"] == "not_json"


def test_the_api_answers_lines_by_lines(post):
    body = b"\n".join(json.dumps(case).encode() for case in (GOOD, BAD))
    response = post(body, "application/x-ndjson")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/x-ndjson"
    assert [json.loads(line)["case"] for line in response.content.splitlines()] == ["g", "b"]


def test_the_api_takes_a_body_of_1_mb_and_no_more(post):
    padded = json.dumps(GOOD).encode().ljust(MAX_BODY_BYTES)
    assert post(padded).status_code == 200
    refused = post(padded + b" ")
    assert refused.status_code == 413
    assert refused.json() == {
        "case": None,
        "error": {"path": "", "code": "too_large", "message": "请求内容不能超过 1 MB。"},
    }


def test_the_api_takes_json_alone(post):
    refused = post(b"year=2022", "application/x-www-form-urlencoded")
    assert (refused.status_code, refused.json()["error"]["code"]) == (415, "unsupported_type")


def test_too_many_calls_are_refused_in_the_contracts_form(post, monkeypatch):
    cache.clear()
    monkeypatch.setattr(ScopedRateThrottle, "THROTTLE_RATES", {"evaluate": "2/min"})
    assert [post(GOOD).status_code for _ in range(3)] == [200, 200, 429]
    refused = post(GOOD).json()
    assert refused["error"]["code"] == "too_many_calls"
    assert "秒后再试" in refused["error"]["message"]


def test_the_api_takes_a_caller_that_accepts_something_else(post):
    client = Client(headers={"accept": "application/x-ndjson"})
    answer = client.post(reverse("api:evaluate"), data=json.dumps(GOOD), content_type="application/json")
    assert answer.status_code == 200


def test_where_calls_cannot_be_counted_nobody_is_turned_away(post, monkeypatch):
    def unreachable(*_):
        raise RedisConnectionError

    monkeypatch.setattr(ScopedRateThrottle, "cache", SimpleNamespace(get=unreachable))
    assert post(GOOD).status_code == 200
