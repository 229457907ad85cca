"""How people sign in, on their pages in the data office: where and when, and the second factor that is reset."""

from django import forms
from django.contrib import messages
from django.contrib.admin import display
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.devices import device_words
from accounts.models import User
from accounts.recovery_codes import recovery_codes_left
from accounts.roles import Role
from accounts.second_factor import factor_of
from accounts.sign_ins import past_words, sign_ins_now, sign_ins_past
from applications.errors import Refused
from review.people import REASON_MISSING, second_factor_reset

A_PAGE = 50


class ResetForm(forms.Form):
    """Why somebody's second factor is reset; it stands in the record."""

    use_required_attribute = False

    reason = forms.CharField(
        label="理由",
        max_length=500,
        help_text="例如：手机丢失，恢复码也没有保存，已当面核对本人身份。理由会留在变更记录里。",
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": REASON_MISSING, "max_length": "最多 500 个字。"},
    )


class SignInPages:
    """Adds two pages to those of a person, and says in the list who has a second factor."""

    def get_queryset(self, request):
        """With `has_factor`, in the same query."""
        device = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).annotate(has_factor=Exists(device))

    @display(description="验证器")
    def second_factor(self, user):
        """Whether the person has one."""
        return "已添加" if user.has_factor else "没有"

    def get_urls(self):
        guard = self.admin_site.admin_view
        return [
            path("<int:pk>/sign-ins/", guard(self.sign_ins_view), name="accounts_user_sign_ins"),
            path("<int:pk>/second-factor/", guard(self.factor_view), name="accounts_user_second_factor"),
            *super().get_urls(),
        ]

    def sign_ins_view(self, request, pk):
        """登录记录, for administrators and auditors."""
        user = get_object_or_404(User, pk=pk)
        if not self.has_view_permission(request, user):
            raise PermissionDenied
        now = list(sign_ins_now(user))
        for sign_in in now:
            sign_in.words = device_words(sign_in.device)
        past = Paginator(sign_ins_past(user), A_PAGE).get_page(request.GET.get("page"))
        more = {"now": now, "past": past, "rows": list(past_words(past))}
        return self.person_page(request, user, "登录记录", "admin/sign_ins.html", more)

    def factor_view(self, request, pk):
        """重置验证器."""
        if not request.user.has_post(Role.ADMINISTRATOR):
            raise PermissionDenied
        user = get_object_or_404(User, pk=pk)
        form = ResetForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                second_factor_reset(
                    user,
                    reason=form.cleaned_data["reason"],
                    actor=request.user,
                    source_ip=request.META["REMOTE_ADDR"],
                )
            except Refused as refusal:
                messages.error(request, refusal.message)
            else:
                messages.success(request, f"已重置{user}的验证器。对方下次登录时重新添加。")
            return redirect(reverse("console:accounts_user_change", args=[user.pk]))
        more = {"form": form, "device": factor_of(user), "left": recovery_codes_left(user)}
        return self.person_page(request, user, "重置验证器", "admin/second_factor.html", more)

    def person_page(self, request, user, title, template, more):
        """A page about a person within the data office: `title`, and `more` for its template."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "object": user,
            **more,
        }
        return TemplateResponse(request, template, context)
