"""The thirteen 市（地） of Heilongjiang, by their GB/T 2260 codes. Code, not rows: they change by law, not by office."""

from django.db import models


class City(models.TextChoices):
    """A prefecture-level city, or the 大兴安岭 prefecture; the value is the first four digits of its GB/T 2260 code."""

    HARBIN = "2301", "哈尔滨市"
    QIQIHAR = "2302", "齐齐哈尔市"
    JIXI = "2303", "鸡西市"
    HEGANG = "2304", "鹤岗市"
    SHUANGYASHAN = "2305", "双鸭山市"
    DAQING = "2306", "大庆市"
    YICHUN = "2307", "伊春市"
    JIAMUSI = "2308", "佳木斯市"
    QITAIHE = "2309", "七台河市"
    MUDANJIANG = "2310", "牡丹江市"
    HEIHE = "2311", "黑河市"
    SUIHUA = "2312", "绥化市"
    DAXINGANLING = "2327", "大兴安岭地区"
