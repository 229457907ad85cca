"""Rules for passwords whose words Django has not translated."""

from django.contrib.auth import password_validation


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    """Asks for a least length, in Chinese."""

    def get_error_message(self):
        return f"密码太短，至少要 {self.min_length} 位。"

    def get_help_text(self):
        return f"密码至少 {self.min_length} 位。"
