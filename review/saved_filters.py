"""Views of a list that an officer keeps under names of their own."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from applications.errors import Refused
from review.models import SavedFilter

#: More than these nobody finds again.
MOST = 20
_LONGEST_NAME = SavedFilter._meta.get_field("name").max_length
_LONGEST_QUERY = SavedFilter._meta.get_field("query").max_length


def filters_saved(user, place):
    """The person's own filters of a page, by name."""
    return SavedFilter.objects.filter(user=user, place=place).order_by("name", "pk")


def filter_save(*, actor, place, name, query, at=None):
    """Keeps a query (the part of an address after "?") under a name; one of the same name is written over."""
    name = " ".join(name.split())
    if not name:
        raise Refused("请给这组筛选条件起一个名称，例如：黑河大额。", field="name")
    if len(name) > _LONGEST_NAME:
        raise Refused(f"名称最多 {_LONGEST_NAME} 个字，请缩短。", field="name")
    if not query:
        raise Refused("还没有选择筛选条件或排序。请先筛选，再保存。")
    if len(query) > _LONGEST_QUERY:
        raise Refused("筛选条件太多，无法保存。请减少一些条件再试。")
    with transaction.atomic():
        # Whoever saves in two windows at once is counted once.
        User.objects.select_for_update().get(pk=actor.pk)
        kept = filters_saved(actor, place)
        if not kept.filter(name=name).exists() and kept.count() >= MOST:
            raise Refused(f"每个页面最多保存 {MOST} 个常用筛选。请先删除不再使用的。", field="name")
        row, _ = SavedFilter.objects.update_or_create(
            user=actor,
            place=place,
            name=name,
            defaults={"query": query, "made_at": at or timezone.now()},
        )
    return row


def filter_delete(*, actor, filter_id):
    """Forgets one of the person's own filters and returns it; None where there is none any more."""
    row = SavedFilter.objects.filter(user=actor, pk=filter_id).first()
    if row:
        row.delete()
    return row
