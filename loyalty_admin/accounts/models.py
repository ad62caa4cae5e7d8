from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty_admin.accounts.devices import device_in_words
from loyalty_admin.crypto.encrypted import EncryptedField

if TYPE_CHECKING:
    from loyalty_admin.accounts.session_store import SessionStore


class Role(models.TextChoices):
    VIEWER = "viewer", _("Viewer")
    EDITOR = "editor", _("Editor")
    MANAGER = "manager", _("Manager")

    @property
    def in_words(self) -> str:
        return str(IN_WORDS[self])


IN_WORDS = {
    Role.VIEWER: _("Sees everything, changes nothing."),
    Role.EDITOR: _("Sees everything, changes the loyalty programme."),
    Role.MANAGER: _("Changes the loyalty programme, people and connections."),
}


class UserManager(BaseUserManager["User"]):
    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        # Lower case here and an exact match on reading: a case-insensitive match in the
        # database folds letters ("ı" with "i") that belong to different people.
        return super().normalize_email(email).strip().lower()

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """The first manager: what `manage.py createsuperuser` makes. Raises ValidationError for a
        password that nobody may choose: no form has looked at one that comes with the environment.
        """
        if password is not None:
            validate_password(password, self.model(email=self.normalize_email(email), **fields))
        return self.create_user(email, password, role=Role.MANAGER, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=self.normalize_email(username))


class User(AbstractBaseUser):
    """A person of the back office, with a sign-in of their own."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.VIEWER)
    is_active = models.BooleanField(_("active"), default=True)
    made_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_an_email")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def role_in_words(self) -> str:
        return Role(self.role).in_words

    @property
    def has_two_step(self) -> bool:
        """Whether signing in asks for a code besides the password."""
        return TwoStep.objects.filter(person=self, confirmed_at__isnull=False).exists()

    @property
    def may_edit(self) -> bool:
        return self.role in (Role.EDITOR, Role.MANAGER)

    @property
    def may_manage(self) -> bool:
        return self.role == Role.MANAGER


class Session(AbstractBaseSession):
    """One browser in which a person is signed in; deleting the row signs that browser out."""

    # URLs name a session by this ID, so that they never hold the hash of its key.
    id = models.BigAutoField(primary_key=True)
    # The hash of the key, which only the browser has.
    session_key = models.CharField(max_length=40, unique=True)
    # None before the sign-in, also between its two steps.
    person = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    user_agent = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True)
    since = models.DateTimeField(default=timezone.now)
    last_seen = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.device

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        # The store is made of this model.
        from loyalty_admin.accounts.session_store import SessionStore

        return SessionStore

    @property
    def device(self) -> str:
        return device_in_words(self.user_agent)


class Invitation(models.Model):
    """A one-time link with which a person joins; only the token's hash is kept."""

    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.VIEWER)
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.email


class TwoStep(models.Model):
    """What a person's authenticator app and this dashboard both know, and how far it was used.

    Both seeds are encrypted with TOKEN_KEYS; `new_seed` is of an app that has not given a code yet.
    """

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="two_step")
    seed = EncryptedField(default=b"")
    new_seed = EncryptedField(default=b"")
    # Codes of this step of the clock and of earlier ones are not accepted any more.
    last_step = models.BigIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.person)


class RecoveryCode(models.Model):
    """Lets a person in once without the app; only a hash is kept, found by the first letter."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    letter = models.CharField(max_length=1)
    code_hash = models.CharField(max_length=128)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "letter"], name="one_recovery_code_a_letter")
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.letter}"


class PasswordReset(models.Model):
    """A one-time link with which a person chooses a new password; only its hash is kept."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="resets")
    token_hash = models.CharField(max_length=64, unique=True)
    # None: the person asked for it and got it by e-mail.
    made_by = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.person)


class Tries(models.Model):
    """How often something was tried since a moment; what and by whom is in the hash."""

    key = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.count} since {self.since}"
