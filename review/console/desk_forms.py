"""Small forms of the desk that decide nothing: what was found about a document, and a note among reviewers."""

from django import forms

from review import document_checks, notes


class CheckForm(forms.Form):
    """What is wrong with one document, in words."""

    def __init__(self, code, data=None):
        super().__init__(data, prefix=f"check-{code}")
        self.code = code
        self.fields["note"] = forms.CharField(
            label="有什么问题",
            help_text=f"企业现在看不到。退回补正时会填入对应材料的意见，可以再改。最多 {document_checks.LONGEST} 字。",
            required=False,
            widget=forms.Textarea({"rows": 2, "maxlength": document_checks.LONGEST}),
        )

    @property
    def field(self):
        """The bound field."""
        return self["note"]

    @property
    def typed(self):
        """What was typed."""
        return self.data.get(self.add_prefix("note"), "")


class NoteForm(forms.Form):
    """A note among reviewers."""

    def __init__(self, data=None):
        super().__init__(data, prefix="note")
        self.fields["text"] = forms.CharField(
            label="添加备注",
            help_text="只有审核人员能看到，企业看不到。保存后不能修改。",
            required=False,
            widget=forms.Textarea({"rows": 2, "maxlength": notes.LONGEST}),
        )

    @property
    def field(self):
        """The bound field."""
        return self["text"]

    @property
    def typed(self):
        """What was typed."""
        return self.data.get(self.add_prefix("text"), "")
