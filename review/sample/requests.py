"""Requests of the sample under measures 8 to 12: routed, asked back, answered, closed, reopened."""

from applications.calendar import due_date
from applications.support import (
    support_answer,
    support_ask,
    support_close,
    support_reopen,
    support_reply,
    support_request_file,
)
from review.matters import last_step, matter_close, matter_note, matter_raise
from review.models import JointMatter

from .people import CLERKS


class Conference:
    """Plans the list of the joint conference: a matter that is late, one that goes on, and one that was settled."""

    def __init__(self, counter):
        self.diary, self.people, self.requests = counter.diary, counter.people, counter.requests
        self.matters = {}

    def plan(self):
        """The matters, the oldest first."""
        self._raise(
            60,
            "共享",
            "commerce",
            ["tax", "customs"],
            45,
            "报关单汇总在部门间共享",
            "企业向三个部门重复提交。",
        )
        self._note(50, "共享", "customs1", "可以每月向其他部门提供汇总。")
        self._close(44, "共享", "已议定由海关每月提供，其他部门不再收取。")
        self._raise(
            16, "预约", "customs", ["commerce", "transport"], 2, "口岸查验预约等待时间长", "高峰期预约要等五天。",
            request="firm2 12.1",
        )  # fmt: skip
        self._note(8, "预约", "customs1", "已增派查验人员，正在统计等待时间。")
        self._raise(
            6,
            "舱位",
            "railway",
            ["transport", "development"],
            -9,
            "中欧班列回程舱位",
            "每周缺少约二十个舱位。",
        )

    def _raise(self, ago, key, owner, partners, due, title, text, request=None):
        def raise_(at):
            due_on = self.diary.day(due) if due > 0 else due_date(start=self.diary.today, days=-due)[0]
            self.matters[key] = matter_raise(
                title=title,
                text=text,
                owner=owner,
                partners=partners,
                due_on=due_on,
                request_id=self.requests[request] if request else None,
                actor=self.people["commerce1"],
                at=at,
            ).pk

        self.diary.plan(ago, raise_)

    def _note(self, ago, key, who, text):
        self.diary.plan(
            ago, lambda at: matter_note(matter_id=self.matters[key], text=text, actor=self.people[who], at=at)
        )

    def _close(self, ago, key, text):
        def close(at):
            matter = JointMatter.objects.get(pk=self.matters[key])
            keeper = self.people["commerce1"]
            matter_close(matter_id=matter.pk, text=text, seen=last_step(matter), actor=keeper, at=at)

        self.diary.plan(ago, close)


class Counter:
    """Plans the requests and what departments and firms say in them."""

    def __init__(self, diary, people, firms):
        self.diary, self.people, self.firms = diary, people, firms
        self.requests = {}

    def plan(self):
        """Five requests, one for each state that a request can be in."""
        self._wish(
            12,
            "firm3",
            "8.1",
            "中欧班列木材回程舱位不足",
            "九月以来每周缺少约二十个集装箱舱位，希望协调增加。",
        )
        self._say(
            9, "firm3 8.1", support_answer, "commerce2", "已会同铁路部门了解情况，舱位安排由牵头部门答复。"
        )

        self._refunds(10, "firm4", (11, 2), (3, None))
        self._say(6, "firm4 11.1", support_ask, "customs1", "请补充第 2 笔的退税申报编号。")

        self._refunds(24, "firm8", (40, 33), (38, 31), (35, 30))
        self._say(20, "firm8 11.1", support_ask, "customs1", "请说明第 3 笔的受理窗口。")
        self._say(18, "firm8 11.1", support_reply, "firm8", "第 3 笔在企业所在区的办税服务厅受理。")
        self._say(5, "firm8 11.1", support_answer, "customs1", "通关数据已核对并转送税务部门，三笔均已到账。")

        self._wish(38, "firm1", "12.1", "证明材料需向三个部门重复提交", "希望各部门共用一份报关单汇总。")
        self._say(33, "firm1 12.1", support_answer, "commerce1", "三个部门已商定共用，以后提交一次即可。")
        self._plan(
            30, "firm1 12.1", lambda at, pk: support_close(request_id=pk, actor=self.people["firm1"], at=at)
        )

        self._wish(26, "firm2", "12.1", "口岸查验预约等待时间长", "高峰期预约要等五天，希望增加时段。")
        self._say(20, "firm2 12.1", support_answer, "commerce3", "口岸已增加周末时段，请再试。")
        self._say(17, "firm2 12.1", support_reopen, "firm2", "周末时段仍然约满，请继续协调。")
        Conference(self).plan()

    def _plan(self, ago, key, act):
        self.diary.plan(ago, lambda at: act(at, self.requests[key]))

    def _say(self, ago, key, service, who, text):
        side = "actor" if who in CLERKS else "officer"
        self._plan(
            ago,
            key,
            lambda at, pk: service(request_id=pk, text=text, at=at, **{side: self.people[who]}),
        )

    def _wish(self, ago, firm, item, subject, details):
        self._file(ago, firm, item, lambda: {"facts": {"subject": subject, "details": details}})

    def _refunds(self, ago, firm, *pairs):
        """Refunds accepted and made so many working days before the request (None: not made yet)."""

        def rows():
            return [
                {"accepted_on": self._day(ago, first), "refunded_on": last and self._day(ago, last)}
                for first, last in pairs
            ]

        details = "退税到账时间比公布的时限长，请协助了解。"
        self._file(
            ago, firm, "11.1", lambda: {"facts": {"refunds": rows()}, "particulars": {"details": details}}
        )

    def _day(self, ago, earlier):
        return self.diary.day(ago + earlier).isoformat()

    def _file(self, ago, firm, item, given):
        def file(at):
            request = support_request_file(
                enterprise=self.firms[firm], item=item, actor=self.people[firm], at=at, **given()
            )
            self.requests[f"{firm} {item}"] = request.pk

        self.diary.plan(ago, file)
