"""The app of a second factor: given to a person, and what it shows at a moment."""

import time

from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.recovery_codes import recovery_codes_make

#: Seconds for which an app shows one code.
STEP = 30


def app_for(user):
    """An app that the person has had for a while: none of its codes has been used."""
    return TOTPDevice.objects.create(user=user, name="验证器")


def app_shows(device, *, steps=0):
    """What an app with the device's key shows now, or some steps of time from now."""
    return key_shows(device.key, steps=steps)


def key_shows(key, *, steps=0):
    """The same for a key in hexadecimal digits."""
    clock = TOTP(bytes.fromhex(key))
    clock.time = time.time() + steps * STEP
    return f"{clock.token():06}"


def wrong_for(device):
    """Six digits that the app shows neither now nor in the steps beside."""
    shown = {app_shows(device, steps=steps) for steps in range(-2, 3)}
    return next(f"{number:06}" for number in range(10) if f"{number:06}" not in shown)


def recovery_for(user, at):
    """Ten recovery codes, as the person has them on paper."""
    return recovery_codes_make(user, at=at)
