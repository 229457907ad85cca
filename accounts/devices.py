"""What a browser says it is, in words that its owner recognises."""

import re

UNKNOWN = "无法识别的设备"

#: The first that fits counts: browsers name those they descend from as well.
_BROWSERS = (
    ("企业微信", r"wxwork/"),
    ("微信", r"MicroMessenger/"),
    ("钉钉", r"DingTalk/"),
    ("支付宝", r"AlipayClient/"),
    ("QQ 浏览器", r"M?QQBrowser/"),
    ("UC 浏览器", r"UCBrowser/|UBrowser/"),
    ("360 浏览器", r"QihooBrowser|QIHU|360SE|360EE"),
    ("搜狗浏览器", r"MetaSr|SogouMobileBrowser/"),
    ("华为浏览器", r"HuaweiBrowser/"),
    ("小米浏览器", r"MiuiBrowser/"),
    ("三星浏览器", r"SamsungBrowser/"),
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/|OPT/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Version/[\d.]+ .*Safari/"),
    ("IE", r"MSIE |Trident/"),
)
_SYSTEMS = (
    ("鸿蒙设备", r"OpenHarmony|HarmonyOS"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("安卓手机", r"Android.*Mobile"),
    ("安卓设备", r"Android"),
    ("Windows 电脑", r"Windows NT"),
    ("苹果电脑", r"Macintosh"),
    ("Linux 电脑", r"Linux|X11"),
)


def device_words(agent):
    """`Windows 电脑上的 Chrome` from the User-Agent header that a browser sent; what is not known is said plainly."""
    browser, system = _first(_BROWSERS, agent), _first(_SYSTEMS, agent)
    if browser and system:
        return f"{system}{_gap(system[-1])}上的{_gap(browser[0])}{browser}"
    if system:
        return f"{system}，浏览器无法识别"
    return f"{browser}，设备无法识别" if browser else UNKNOWN


def _first(table, agent):
    return next((word for word, pattern in table if re.search(pattern, agent)), "")


def _gap(letter):
    """Between Latin and Chinese letters stands a space."""
    return " " if letter.isascii() else ""
