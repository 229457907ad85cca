"""What is stored about people: who they are, how they sign in and where, and the mail that goes out to them."""

from .mail import Mail
from .people import Post, User
from .recovery_code import RecoveryCode
from .sign_in import SignIn

__all__ = ["Mail", "Post", "RecoveryCode", "SignIn", "User"]
