"""What the requests of measures 8, 9, 10 and 12 ask for."""

from measures.declaration import Text

REQUEST_FACTS = (
    Text(name="subject", label="诉求主题", help="用一句话说明需要什么帮助。"),
    Text(name="details", label="具体情况", help="说明时间、地点、涉及的单位和希望的结果。", multiline=True),
)
