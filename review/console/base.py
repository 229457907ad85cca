"""What all pages of the data office have in common: permissions by post, no deleting, an event for every change."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db import models
from django.template.response import TemplateResponse
from django.utils.html import format_html

from accounts.roles import Role
from accounts.ui import error_links
from applications.credit_code import WRONG_CHECK_DIGIT, has_right_check_digit
from applications.forms.fields import CHOOSE, REQUIRED
from applications.models import Event
from applications.official_changes import official_save, topic_of

from .controls import PlainControls, shown

#: Who may read what the data office keeps; nobody else, unless a page says so.
PROVINCE = frozenset({Role.COMMERCE, Role.FINANCE, Role.DATA, Role.AUDITOR})


class Standing(SimpleListFilter):
    """Rows that count, or rows that have been struck out."""

    title = "状态"
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return [("counts", "有效"), ("struck", "已作废")]

    def queryset(self, request, queryset):
        if self.value() == "counts":
            return queryset.filter(struck_reason="")
        return queryset.exclude(struck_reason="") if self.value() == "struck" else queryset


def choice_filter(name):
    """A filter by a field with choices, or by the values that a field has."""

    class ByField(SimpleListFilter):
        parameter_name = name
        title = ""

        def lookups(self, request, model_admin):
            field = model_admin.opts.get_field(name)
            self.title = field.verbose_name
            if field.choices:
                return field.flatchoices
            values = model_admin.get_queryset(request).order_by(f"-{name}").values_list(name, flat=True)
            return [(value, shown(value)) for value in values.distinct()[:50]]

        def queryset(self, request, queryset):
            if self.value() is None:
                return queryset
            try:
                return queryset.filter(**{name: self.value()})
            except ValueError:
                return queryset.none()

    return ByField


@dataclass(frozen=True)
class ChangeLine:
    """One changed field in words; of a list, `old` is what was taken away and `new` what was added."""

    label: str
    old: str
    new: str
    is_list: bool = False


class OfficeAdmin(PlainControls, ModelAdmin):
    """The pages of one kind of row. Nobody deletes anything; who holds no post named here sees nothing.

    `group` is the heading under which the front page lists it, `note` one sentence on what it is for.
    """

    group = ""
    note = ""
    viewers = PROVINCE
    keepers = frozenset()
    #: Shown beside the form's heading: what a keeper should know before changing anything.
    form_note = ""
    #: Set once, when the row is made.
    fixed_fields = ()
    #: Fields that hold a list of which one wants to know what was added and what is gone.
    list_fields = ()

    actions = None
    list_per_page = 50
    show_full_result_count = False
    search_word = "信用代码或名称"

    # --- Who may ---------------------------------------------------------------------------------

    def has_view_permission(self, request, obj=None):
        return request.user.has_post(*self.viewers, *self.keepers)

    def has_add_permission(self, request):
        return request.user.has_post(*self.keepers)

    def has_change_permission(self, request, obj=None):
        return request.user.has_post(*self.keepers)

    def has_delete_permission(self, request, obj=None):
        return False

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return (*fields, *self.fixed_fields) if obj else fields

    # --- Forms -----------------------------------------------------------------------------------

    @property
    def add_word(self):
        """What the button and the page for a new row are called."""
        return f"添加{self.opts.verbose_name}"

    def render_change_form(self, request, context, add=False, obj=None, **kwargs):
        """Adds what the template needs to know of the formsets below the form."""
        formsets = [each.formset for each in context["inline_admin_formsets"]]
        context["form_errors"] = [(link.target, link.label, link.text) for link in error_links(*formsets)]
        context["may_save"] = add or self.has_change_permission(request, obj)
        return super().render_change_form(request, context, add=add, obj=obj, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        """An empty field says what to do, in the words of the rest of the product."""
        form = super().get_form(request, obj, change, **kwargs)
        for field in form.base_fields.values():
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = (
                    CHOOSE if isinstance(field, forms.ChoiceField) else REQUIRED
                )
        return form

    def get_fields(self, request, obj=None):
        """In the model's order, whether they can be changed or not."""
        if self.fields:
            return self.fields
        hidden = {"id", *self.get_exclude(request, obj)}
        return [f.name for f in self.opts.concrete_fields if f.editable and f.name not in hidden]

    def get_exclude(self, request, obj=None):
        """A row is struck out later, never when it is entered."""
        exclude = tuple(super().get_exclude(request, obj) or ())
        has_reason = any(field.name == "struck_reason" for field in self.opts.concrete_fields)
        return (*exclude, "struck_reason") if has_reason and obj is None else exclude

    # --- Saving ----------------------------------------------------------------------------------

    def save_model(self, request, obj, form, change):
        years = official_save(obj, actor=request.user, source_ip=request.META["REMOTE_ADDR"])
        self.tell_years(request, years)
        for name in ("credit_code", "operator_code"):
            code = form.cleaned_data.get(name)
            if code and not has_right_check_digit(code):
                messages.warning(request, f"{code}：{WRONG_CHECK_DIGIT}已按所填保存。")

    def tell_years(self, request, years):
        """Says how much is computed again because of a change."""
        if years:
            messages.info(request, f"涉及 {years} 个企业年度，正在重新计算。")

    def construct_change_message(self, request, form, formsets, add=False):
        return ""

    def log_addition(self, request, obj, message):
        """Events are the record; a second one beside them could only differ."""

    def log_change(self, request, obj, message):
        """See log_addition."""

    def response_add(self, request, obj, post_url_continue=None):
        return self._saved(request, obj)

    def response_change(self, request, obj):
        return self._saved(request, obj)

    def _saved(self, request, obj):
        self.message_user(
            request, format_html("已保存：{} {}。", self.opts.verbose_name, obj), messages.SUCCESS
        )
        return self.response_post_save_change(request, obj)

    # --- Pages -----------------------------------------------------------------------------------

    def topic(self, obj):
        """What the row's events are filed under."""
        return topic_of(obj)

    def history_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        events = Event.objects.filter(topic=self.topic(obj)).select_related("actor").order_by("-pk")[:200]
        context = {
            **self.admin_site.each_context(request),
            "title": "变更记录",
            "opts": self.opts,
            "object": obj,
            "entries": [self._history_entry(event) for event in events],
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def _history_entry(self, event):
        lines = self.change_lines(event.data.get("changes", {}))
        return {"event": event, "title": self.event_title(event), "lines": lines}

    def change_lines(self, changes):
        """Changed fields {name: [old, new]} as ChangeLines; of a list what is gone and what is new."""
        lines = []
        for name, (old, new) in changes.items():
            is_list = name in self.list_fields
            if is_list:
                kept = set(old or ()) & set(new or ())
                old, new = ([each for each in side or () if each not in kept] for side in (old, new))
            words = (self.stored_words(name, value) for value in (old, new))
            lines.append(ChangeLine(self.label_for(name), *words, is_list=is_list))
        return lines

    def event_title(self, event):
        """What happened, in a word."""
        return "新增" if event.data.get("new") else "修改"

    def _field(self, name):
        return next((field for field in self.opts.concrete_fields if field.name == name), None)

    def label_for(self, name):
        """What a field of an event is called."""
        field = self._field(name)
        return field.verbose_name if field else name

    def stored_words(self, name, value):
        """A value kept as JSON, as events keep them, in the words of the page."""
        field = self._field(name)
        if value is not None and field is not None and not isinstance(field, models.ForeignKey):
            value = field.to_python(value)
        return self.words_for(name, value, field)
