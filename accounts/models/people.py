"""Who somebody is: users and the posts that officers hold."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.cities import City
from accounts.departments import Department
from accounts.roles import CITY_ROLES, Role


class User(AbstractUser):
    """A person who signs in: an enterprise clerk, an officer, or both (four eyes then keep the two apart)."""

    first_name = None
    last_name = None
    name = models.CharField("姓名", max_length=50)
    phone = models.CharField("手机号码", max_length=20, blank=True)

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "用户"

    def __str__(self):
        return self.name or self.username

    def posts_in_force(self, on=None):
        """The posts this person holds on a day (today if not given), deputies' posts included."""
        if not hasattr(self, "_posts_cache"):
            self._posts_cache = list(self.posts.all())
        day = on or timezone.localdate()
        return [post for post in self._posts_cache if post.in_force(day)]

    def has_post(self, *roles, city=None):
        """Whether the person holds one of these roles; for a city's role, in that city where one is given."""
        return any(
            post.role in roles and (city is None or post.role not in CITY_ROLES or post.city == city)
            for post in self.posts_in_force()
        )

    @property
    def is_officer(self):
        """Whether the console is open to this person at all."""
        return self.is_active and bool(self.posts_in_force())


class Post(models.Model):
    """One role of one person: a city's post names its city, a department officer's its department.

    A deputy's post says for whom it stands in and ends by itself on its last day.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="posts", verbose_name="用户")
    role = models.CharField("岗位", max_length=20, choices=Role.choices)
    city = models.CharField("市（地）", max_length=4, choices=City.choices, blank=True)
    department = models.CharField("部门", max_length=20, choices=Department.choices, blank=True)
    deputy_for = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="deputies", verbose_name="代理谁的工作"
    )
    starts_on = models.DateField("起", default=timezone.localdate)
    ends_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        ordering = ["user_id", "role", "city"]
        constraints = [
            models.CheckConstraint(
                name="post_city_only_where_needed",
                condition=Q(role__in=sorted(CITY_ROLES), city__gt="")
                | (~Q(role__in=sorted(CITY_ROLES)) & Q(city="")),
                violation_error_message="市级岗位要选市（地），其他岗位不选。",
            ),
            models.CheckConstraint(
                name="post_department_only_where_needed",
                condition=Q(role=Role.DEPARTMENT, department__gt="")
                | (~Q(role=Role.DEPARTMENT) & Q(department="")),
                violation_error_message="部门经办要选部门，其他岗位不选。",
            ),
            models.CheckConstraint(
                name="post_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="止的日期不能早于起的日期。",
            ),
        ]

    def __str__(self):
        place = self.get_city_display() or self.get_department_display()
        return f"{place} {self.get_role_display()}".strip()

    def in_force(self, day):
        """Whether the post is held on the day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
