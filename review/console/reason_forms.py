"""What a step asks for that says no, or not yet: reasons from lists, words beside them, dates.

`words()` is the one text that the enterprise and later reviewers read; `step_data()` what the transition takes besides.
"""

from datetime import date

from django import forms

from applications.correction import document_place
from applications.forms.fields import DayField
from applications.models import State
from applications.official import year_settings
from applications.places import places_of
from applications.questions import DAYS
from applications.questions import MOST_DAYS as MOST_ANSWER_DAYS
from review import grounds
from review.document_checks import problems_open

_WRITTEN = {"required": "请写明理由，企业和后续审核人员都会看到。"}
_LONGEST = 2000
_LONGEST_NOTE = 300
MOST_DAYS = 60


def _reason(label="理由", help_text=""):
    area = forms.Textarea({"rows": 4})
    return forms.CharField(
        label=label, help_text=help_text, max_length=_LONGEST, widget=area, error_messages=_WRITTEN
    )


def _choice(label, found, *, empty="请选择", **more):
    choices = [("", empty), *[(ground.code, ground.label) for ground in found]]
    return forms.ChoiceField(label=label, choices=choices, **more)


def _days(label, most, **more):
    sentence = f"请填 1 到 {most} 之间的整数，单位是工作日。"
    messages = dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence)
    return forms.IntegerField(label=label, min_value=1, max_value=most, error_messages=messages, **more)


class ReasonForm(forms.Form):
    """A reason in words."""

    use_required_attribute = False

    reason = _reason(help_text="企业和后续审核人员都会看到。请写明依据和事实。")

    def __init__(self, data=None, *, claim):
        super().__init__(data)
        self.claim = claim

    def words(self):
        """The reason as it is recorded and told."""
        return self.cleaned_data["reason"]

    def step_data(self):
        """What the transition takes besides the reason."""
        return {}


class Place:
    """One fact or document that a return can be about, with the bound fields of a reason from the list and of words."""

    def __init__(self, form, path, label):
        self.path, self.label = path, label
        self.ground, self.note = form[f"ground:{path}"], form[f"note:{path}"]

    @property
    def is_given(self):
        """Whether there is something to be seen."""
        return bool(self.ground.value() or self.note.value())


class ReturnForm(ReasonForm):
    """What the enterprise has to correct: in general, by when, and at which facts and documents.

    A reason chosen at a place, or words there, are enough. What was found wrong with documents stands at their places
    already, to be changed or taken out.
    """

    days = _days("补正期限（工作日）", MOST_DAYS)

    def __init__(self, data=None, *, claim):
        super().__init__(data, claim=claim)
        reason = self.fields["reason"]
        reason.label, reason.required = "需要补正什么", False
        reason.help_text = (
            "企业会看到。请说清楚缺什么、错在哪里、怎样改。下面已经指出项目或材料的，这里可以不写。"
        )
        self.fields["days"].initial = year_settings(claim.year).return_days
        self._labels = places_of(claim)
        problems = {document_place(code): check.note for code, check in problems_open(claim).items()}
        for path, label in self._labels.items():
            found = grounds.return_grounds(claim.rule, path)
            self.fields[f"ground:{path}"] = _choice(f"{label}：原因", found, empty="没有意见", required=False)
            self.fields[f"note:{path}"] = forms.CharField(
                label=f"{label}：说明",
                required=False,
                max_length=_LONGEST_NOTE,
                initial=problems.get(path, ""),
            )
            self.fields[f"note:{path}"].widget.attrs |= {
                "aria-label": f"{label}：说明",
                "placeholder": "说明（选填）",
            }

    @property
    def places(self):
        """The Places of the claim, in the order of its form."""
        return [Place(self, path, label) for path, label in self._labels.items()]

    @property
    def notes_given(self):
        """Whether there is a place to be seen."""
        return any(place.is_given for place in self.places)

    def clean(self):
        values = super().clean()
        if not values.get("reason") and not self._at_places() and not self._has_wrong_places():
            self.add_error("reason", "请写明理由：说清楚要补正什么，或者在下面指出项目和材料。")
        return values

    def _has_wrong_places(self):
        return any(name.startswith(("note:", "ground:")) for name in self.errors)

    def _at_places(self):
        """{place: (code, text)} of the places that something is said about."""
        found = {}
        for path in self._labels:
            code = self.cleaned_data.get(f"ground:{path}") or ""
            note = self.cleaned_data.get(f"note:{path}") or ""
            if code or note:
                found[path] = (code, (grounds.RETURN[code].sentence if code else "") + note)
        return found

    def words(self):
        if self.cleaned_data["reason"]:
            return self.cleaned_data["reason"]
        named = [self._labels[path].removeprefix("材料：") for path in self._at_places()]
        return f"请按指出的意见补正：{'、'.join(named)}。"

    def step_data(self):
        said = self._at_places()
        return {
            "days": self.cleaned_data["days"],
            "fields": {path: text for path, (_, text) in said.items()},
            "grounds": [{"code": code, "place": path} for path, (code, _) in said.items() if code],
        }


class RejectForm(ReasonForm):
    """A rejection names the clause that it rests on, what of it is not met, and the facts."""

    clause = forms.ChoiceField(
        label="依据的条款", error_messages={"required": "请选择依据的条款，决定书会引用它。"}
    )
    ground = forms.ChoiceField(label="不予支持的原因", error_messages={"required": "请选择不予支持的原因。"})

    field_order = ["clause", "ground", "reason"]

    def __init__(self, data=None, *, claim):
        super().__init__(data, claim=claim)
        clauses = grounds.clauses_of(claim.rule)
        found = grounds.reject_grounds(claim.rule)
        self._grounds = {ground.code: ground for ground in found}
        self.fields["clause"].choices = [(key, f"{place}：{sentence}") for key, place, sentence in clauses]
        self.fields["clause"].initial = claim.rule.code
        self.fields["ground"].choices = [("", "请选择"), *[(each.code, each.label) for each in found]]
        self.fields["ground"].initial = self._expected(claim)
        self.fields["reason"].label = "事实和理由"
        self.fields[
            "reason"
        ].help_text = "企业会看到，也写进办理结果通知书。请写明查到了什么、与条款哪里不符。"
        self.fields["reason"].error_messages["required"] = (
            "请写明事实和理由，企业会看到，也写进办理结果通知书。"
        )

    def _expected(self, claim):
        """What stands to reason: a correction that did not come, or what the computation has found."""
        if claim.state == State.RETURNED:
            return "not_corrected"
        codes = [each["code"] for each in claim.reasons] if claim.eligibility == "ineligible" else []
        return next((code for code in codes if code in self._grounds), "")

    def words(self):
        chosen = self.cleaned_data
        return grounds.rejection_text(chosen["clause"], self._grounds[chosen["ground"]], chosen["reason"])

    def step_data(self):
        return {"grounds": [{"code": self.cleaned_data["ground"], "clause": self.cleaned_data["clause"]}]}


class SendBackForm(ReasonForm):
    """Why another office is to look again: a reason of the list, and words where the list does not say it."""

    ground = _choice(
        "需要再核对什么",
        grounds.SEND_BACK.values(),
        error_messages={"required": "请选择需要再核对什么。"},
    )

    field_order = ["ground", "reason"]

    def __init__(self, data=None, *, claim):
        super().__init__(data, claim=claim)
        reason = self.fields["reason"]
        reason.label, reason.required = "说明", False
        reason.help_text = "商务审核人员和企业都会看到。选了“其他”的必须写。"

    def clean(self):
        values = super().clean()
        if values.get("ground") == grounds.OTHER and not values.get("reason"):
            self.add_error("reason", "选了“其他”，请写明需要再核对什么。")
        return values

    def words(self):
        return grounds.SEND_BACK[self.cleaned_data["ground"]].sentence + self.cleaned_data["reason"]

    def step_data(self):
        return {"grounds": [{"code": self.cleaned_data["ground"]}]}


class ExtendForm(ReasonForm):
    """A later day for the correction."""

    until = DayField(label="新的补正期限", help_text="到这一天结束为止。")

    field_order = ["until", "reason"]

    def __init__(self, data=None, *, claim):
        super().__init__(data, claim=claim)
        self.fields["reason"].label = "延长的原因"

    def day(self):
        """The day that was given."""
        return date.fromisoformat(self.cleaned_data["until"])


class AskForm(ReasonForm):
    """A question to the enterprise, and the working days that it has for the answer."""

    days = _days("答复期限（工作日）", MOST_ANSWER_DAYS, initial=DAYS)

    def __init__(self, data=None, *, claim):
        super().__init__(data, claim=claim)
        reason = self.fields["reason"]
        reason.label = "要问企业什么"
        reason.help_text = "企业会看到，可以用文字和文件答复。申报内容不变；要企业改申报的，请用退回补正。"
        reason.error_messages["required"] = "请写明要问企业什么。"
