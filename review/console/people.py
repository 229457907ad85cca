"""Users and their posts. Administrators keep them and have no power over money."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import TabularInline
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import PermissionDenied
from django.forms.models import BaseInlineFormSet
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse

from accounts.models import Post, User
from accounts.roles import Role
from applications.errors import Refused
from review.people import (
    TITLES,
    administrators_lock,
    other_administrators,
    password_reset,
    user_recorded,
    user_topic,
    user_values,
)

from .base import OfficeAdmin
from .controls import PlainControls, shown
from .people_sign_in import SignInPages
from .site import console

PASSWORD_HELP = "".join(str(text) for text in password_validators_help_texts())


class UserForm(forms.ModelForm):
    """What administrators keep of a person; a password only where the account is new."""

    class Meta:
        model = User
        fields = ("username", "name", "phone", "is_active")
        labels = {"is_active": "账户可以登录"}
        help_texts = {
            "username": "登录时填写，例如姓名拼音。",
            "is_active": "离岗人员取消勾选，账户和记录都保留。",
        }


class NewUserForm(UserForm):
    """A new person, with the first password."""

    password = forms.CharField(
        label="初始密码",
        help_text=PASSWORD_HELP,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean_password(self):
        password = self.cleaned_data["password"]
        validate_password(password, self.instance)
        return password

    def save(self, commit=True):
        self.instance.set_password(self.cleaned_data["password"])
        return super().save(commit)


class PostForm(forms.ModelForm):
    """One post; who stands in for somebody does so until a day."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # In a table the head of the column is the label, which a screen reader does not take for one.
            field.widget.attrs["aria-label"] = field.label
        if "starts_on" in self.fields:
            # Today, filled in beforehand, does not make an empty row a new post.
            self.fields["starts_on"].show_hidden_initial = False
        if "deputy_for" in self.fields:
            officers = User.objects.filter(posts__isnull=False, is_active=True)
            self.fields["deputy_for"].queryset = officers.distinct().order_by("name", "pk")
            self.fields["deputy_for"].empty_label = "不是代理"

    def clean(self):
        values = super().clean()
        deputy_for = values.get("deputy_for")
        if deputy_for and deputy_for.pk == self.instance.user_id:
            self.add_error("deputy_for", "不能代理本人。")
        if deputy_for and not values.get("ends_on"):
            self.add_error("ends_on", "代理要填止的日期，到期自动结束。")
        if deputy_for and self.has_changed() and not _holds(deputy_for, values):
            self.add_error("deputy_for", "这位同事没有这个岗位，请核对代理的是谁、是哪个岗位。")
        return values


def _holds(user, values):
    """Whether somebody holds a post like that of a row in the own right: nobody stands in for a deputy."""
    wanted = [values.get(name) or "" for name in ("role", "city", "department")]
    return any(
        [post.role, post.city, post.department] == wanted and post.deputy_for_id is None
        for post in user.posts.all()
    )


class PostFormSet(BaseInlineFormSet):
    """All posts of a person. Whoever is the last administrator stays one."""

    def clean(self):
        super().clean()
        if any(self.errors):
            return
        if not administrators_lock():
            return
        if not self._stays_administrator() and not other_administrators(self.instance):
            raise forms.ValidationError("这是最后一位系统管理员。请先给另一位同事设置系统管理岗位。")

    def _stays_administrator(self):
        kept = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        return self.instance.is_active and any(
            values["role"] == Role.ADMINISTRATOR and values.get("ends_on") is None for values in kept
        )


class PostInline(PlainControls, TabularInline):
    """The posts on a person's page. One's own are set by another administrator."""

    model = Post
    fk_name = "user"
    form = PostForm
    formset = PostFormSet
    extra = 2
    fields = ("role", "city", "department", "deputy_for", "starts_on", "ends_on")

    def has_view_permission(self, request, obj=None):
        return request.user.has_post(Role.ADMINISTRATOR, Role.AUDITOR)

    def has_change_permission(self, request, obj=None):
        return request.user.has_post(Role.ADMINISTRATOR) and (obj is None or obj.pk != request.user.pk)

    def has_add_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


@admin.register(User, site=console)
class UserAdmin(SignInPages, OfficeAdmin):
    """People who sign in."""

    group = "用户与岗位"
    note = "登录账户、岗位和代理。每次变动都有记录，账户不删除。"
    form_note = "岗位从“起”的当天到“止”的当天有效。您自己的岗位由另一位系统管理员设置。"
    form = UserForm
    viewers = frozenset({Role.AUDITOR})
    keepers = frozenset({Role.ADMINISTRATOR})
    inlines = (PostInline,)
    change_form_template = "admin/user_form.html"
    list_display = ("username", "name", "phone", "office", "second_factor", "is_active", "last_login")
    list_filter = ()
    search_fields = ("username", "name")
    search_word = "用户名或姓名"
    ordering = ("username",)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("posts")

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, **({} if obj else {"form": NewUserForm}), **kwargs)

    def get_fields(self, request, obj=None):
        fields = ("username", "name", "phone")
        return (*fields, "is_active") if obj else (*fields, "password")

    def get_readonly_fields(self, request, obj=None):
        """Nobody shuts out themselves."""
        return ("is_active",) if obj and obj.pk == request.user.pk else ()

    @admin.display(description="岗位")
    def office(self, user):
        """The posts held today."""
        return "、".join(map(str, user.posts_in_force()))

    def save_model(self, request, obj, form, change):
        """The event is written once posts are stored as well."""
        request.user_before = user_values(User.objects.get(pk=obj.pk)) if change else None
        obj.save()

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        user_recorded(
            form.instance,
            before=request.user_before,
            actor=request.user,
            source_ip=request.META["REMOTE_ADDR"],
        )

    def topic(self, obj):
        return user_topic(obj)

    def event_title(self, event):
        return TITLES[event.kind]

    def words_for(self, name, value, field):
        return shown("；".join(value or ())) if name == "posts" else super().words_for(name, value, field)

    def label_for(self, name):
        return "岗位" if name == "posts" else super().label_for(name)

    def get_urls(self):
        view = self.admin_site.admin_view(self.password_view)
        return [path("<int:pk>/password/", view, name="accounts_user_password"), *super().get_urls()]

    def password_view(self, request, pk):
        """重设密码."""
        if not request.user.has_post(Role.ADMINISTRATOR):
            raise PermissionDenied
        user = get_object_or_404(User, pk=pk)
        form = SetPasswordForm(user, request.POST or None)
        form.fields["new_password1"].help_text = PASSWORD_HELP
        if request.method == "POST" and form.is_valid():
            try:
                password_reset(
                    user,
                    password=form.cleaned_data["new_password1"],
                    actor=request.user,
                    source_ip=request.META["REMOTE_ADDR"],
                )
            except Refused as refusal:
                messages.error(request, refusal.message)
            else:
                messages.success(request, f"已为{user}重设密码。请当面告知，并请对方登录后修改。")
            return redirect(reverse("console:accounts_user_change", args=[user.pk]))
        return self.person_page(request, user, "重设密码", "admin/password.html", {"form": form})
