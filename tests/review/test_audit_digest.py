"""The chain of daily digests: what it covers, and that no changed, lost or added row passes unnoticed."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from applications.errors import Refused
from applications.models import Event, LedgerEntry
from applications.record import event_add
from review.audit import digest
from review.audit.digest import digests_make
from review.audit.verify import chain_verify
from review.models import DayDigest
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def days_of_work(count=3):
    """So many days with two events each from 2 March on, each with its digest."""
    for number in range(count):
        for hour in (0, 3):
            event_add(kind="load.uploaded", topic="load:1", at=NOW + number * DAY + timedelta(hours=hour))
        digests_make(now=NOW + (number + 1) * DAY)
    return list(DayDigest.objects.all())


def behind_the_triggers(sql):
    """What somebody does who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")


def verified(capsys, *arguments):
    """(exit status, output) of the command."""
    try:
        call_command("audit", "verify", *arguments)
    except SystemExit as end:
        return end.code, capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_each_day_that_is_over_has_a_digest_of_its_rows_an_empty_one_too():
    event_add(kind="load.uploaded", topic="load:1", at=NOW)
    digests_make(now=NOW + DAY)
    made = digests_make(now=NOW + 4 * DAY)
    assert [each.day for each in made] == [date(2026, 3, 3), date(2026, 3, 4), date(2026, 3, 5)]
    assert [each.events for each in DayDigest.objects.all()] == [1, 0, 0, 0]
    assert len({each.digest for each in DayDigest.objects.all()}) == 4
    assert digests_make(now=NOW + 4 * DAY) == []


def test_a_day_ends_at_midnight_in_shanghai():
    shanghai = ZoneInfo("Asia/Shanghai")
    event_add(kind="load.uploaded", topic="load:1", at=datetime(2026, 3, 2, 23, 59, 59, 999999, shanghai))
    after = event_add(kind="load.checked", topic="load:1", at=datetime(2026, 3, 3, 0, 0, tzinfo=shanghai))
    [first] = digests_make(now=datetime(2026, 3, 3, 0, 0, 1, tzinfo=shanghai))
    assert (first.events, first.last_event) == (1, after.pk - 1)
    [second] = digests_make(now=NOW + 2 * DAY)
    assert (second.events, second.last_event) == (1, after.pk)


def test_a_claim_and_its_ledger_are_covered(capsys):
    make_claim(make_firm(), "5.1", make_period(), facts={"booth_cny": "100000"}, particulars=exhibition())
    [made] = digests_make(now=timezone.now() + DAY)
    assert (made.events, made.entries) == (Event.objects.count(), LedgerEntry.objects.count())
    assert made.entries > 0
    behind_the_triggers("UPDATE applications_ledgerentry SET amount_cny = amount_cny + 0.01")
    status, said = verified(capsys)
    assert status == 1
    assert f"{made.day}：" in said


def test_an_untouched_chain_agrees(capsys):
    days_of_work()
    assert verified(capsys) == (0, "核对了 3 天、6 条，全部相符。\n")
    assert verified(capsys, "--since", "2026-03-04") == (0, "核对了 1 天、2 条，全部相符。\n")


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'load.stored'",
        "at = at + interval '1 microsecond'",
        "source_ip = '10.0.0.1'",
        "topic = 'load:2'",
        """data = '{"reason": "甲"}'""",
    ],
)
def test_any_changed_column_of_one_row_names_the_day(capsys, change):
    second = days_of_work()[1]
    behind_the_triggers(f"UPDATE applications_event SET {change} WHERE id = {second.last_event}")
    status, said = verified(capsys)
    assert status == 1
    assert said.splitlines()[:-1] == [
        "2026-03-03：操作记录 2 条、总额账 0 条，条数没有变，但内容或摘要与生成时不同。"
    ]


def test_a_deleted_row_and_a_changed_one_on_two_days_are_both_told(capsys):
    days = days_of_work()
    behind_the_triggers(f"DELETE FROM applications_event WHERE id = {days[0].last_event}")
    behind_the_triggers(f"UPDATE applications_event SET kind = 'x' WHERE id = {days[2].last_event}")
    status, said = verified(capsys)
    assert status == 1
    assert "2026-03-02：操作记录应有 2 条，现有 1 条。" in said
    assert "2026-03-04：操作记录 2 条" in said
    assert "2026-03-03" not in said
    assert "有 2 处不符" in said


def test_a_row_slipped_in_afterwards_is_told(capsys):
    event = event_add(kind="load.uploaded", topic="load:1", at=NOW)
    behind_the_triggers(f"UPDATE applications_event SET id = id + 1000 WHERE id = {event.pk}")
    digests_make(now=NOW + DAY)
    event_add(kind="load.stored", topic="load:1", at=NOW)
    assert "操作记录应有 1 条，现有 2 条" in verified(capsys)[1]


def test_a_gap_in_the_chain_is_told(capsys):
    days_of_work(4)
    behind_the_triggers("DELETE FROM review_daydigest WHERE day IN ('2026-03-03', '2026-03-04')")
    status, said = verified(capsys)
    assert status == 1
    assert "2026-03-03 至 2026-03-04：缺少这些天的摘要。" in said


def test_a_changed_digest_is_told():
    days_of_work()
    behind_the_triggers(f"UPDATE review_daydigest SET digest = '{'a' * 64}' WHERE day = '2026-03-02'")
    assert [each[:10] for each in chain_verify().problems] == ["2026-03-02", "2026-03-03"]


def test_a_chain_that_was_built_anew_is_told_by_the_list_kept_outside(capsys, tmp_path):
    days = days_of_work()
    kept = tmp_path / "摘要.txt"
    kept.write_text("".join(f"{each.day} {each.digest}\n" for each in days))
    behind_the_triggers(f"UPDATE applications_event SET kind = 'x' WHERE id = {days[0].last_event}")
    behind_the_triggers("DELETE FROM review_daydigest")
    digests_make(now=NOW + 3 * DAY)
    assert verified(capsys)[0] == 0
    status, said = verified(capsys, "--against", str(kept))
    assert status == 1
    assert "2026-03-04：摘要与系统外保存的不同。" in said
    assert "2026-03-02：系统外保存了摘要，系统里没有这一天的摘要。" in said


def test_digests_can_only_be_added():
    days_of_work(1)
    for sql in ("UPDATE review_daydigest SET events = 0", "DELETE FROM review_daydigest"):
        with pytest.raises(DatabaseError, match="only be added"), transaction.atomic():
            connection.cursor().execute(sql)


def test_the_command_makes_what_is_due_and_says_what_it_cannot_read(capsys):
    call_command("audit", "digest")
    assert DayDigest.objects.get().digest in capsys.readouterr().out
    call_command("audit", "digest")
    assert "没有需要生成的摘要" in capsys.readouterr().out
    with pytest.raises(CommandError, match="日期"):
        call_command("audit", "verify", "--since", "昨天")
    with pytest.raises(CommandError, match="不能读取"):
        call_command("audit", "verify", "--against", "/nowhere")


@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_not_committed_yet_is_waited_for(monkeypatch):
    monkeypatch.setattr(digest, "PATIENCE", 0.2)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(
                "INSERT INTO applications_event (kind, at, topic, data) VALUES ('load.uploaded', %s, 'load:1', '{}')",
                [NOW],
            )
        event_add(kind="load.checked", topic="load:1", at=NOW)
        with pytest.raises(Refused):
            digests_make(now=NOW + DAY)
        assert not DayDigest.objects.exists()
        other.commit()
        [made] = digests_make(now=NOW + DAY)
    finally:
        other.close()
    assert made.events == 2
    assert chain_verify().problems == []
