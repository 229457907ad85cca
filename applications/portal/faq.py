"""Questions and answers for people who file for the first time.

No sum, rate, number of days or size stands here: each is put in from the rules, the settings of the year or the limits
of the system (`applications.portal.help`), so that an answer cannot differ from what happens.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One question. `answer` are paragraphs; `links` are (words, address name, arguments); `clause` is a clause's id."""

    key: str
    title: str
    answer: tuple[str, ...]
    links: tuple[tuple, ...] = ()
    clause: str = ""


@dataclass(frozen=True)
class Group:
    """Questions about the same part of the way."""

    key: str
    title: str
    questions: tuple[Question, ...]


MEASURES = ("看十二条措施", "portal:measures")
CALCULATOR = ("打开政策测算", "portal:calculator")
MY_YEAR = ("打开我的年度", "portal:my_year")
ENTERPRISE = ("打开企业信息", "portal:enterprise")
#: Pages for people who act for a firm, or are about to.
OF_FIRMS = {
    "portal:my_year",
    "portal:enterprise",
    "portal:support",
    "portal:sign_up",
    "portal:sign_up_enterprise",
}

GROUPS = (
    Group(
        "before",
        "申报之前",
        (
            Question(
                "who",
                "谁可以申报？",
                (
                    "在黑龙江省登记、有海关进出口记录或者符合某条措施条件的企业都可以。每条措施的条件不同，措施页面写明了要达到多少金额、需要什么材料。",
                    "不确定的，先勾选“哪些和我有关”，再测算一下。这两步都不用登录。",
                ),
                (MEASURES, CALCULATOR),
            ),
            Question(
                "when",
                "什么时候可以申报？",
                (
                    "资金事项按申报批次受理，首页写明正在受理的批次、截止日期和还剩几天。没有批次受理时，可以先测算和准备材料。",
                    "服务事项（措施八至十二）全年都可以提出。",
                ),
                (("回到首页", "portal:home"),),
            ),
            Question(
                "prepared",
                "“免申即享”是什么意思？",
                (
                    "有的事项所需要的全部来自海关统计和官方名单，不用您填写，也不用上传材料：{prepared}。系统会为符合条件的企业准备好申报，您在“我的年度”核对后确认一次就可以。",
                ),
                (MY_YEAR,),
            ),
            Question(
                "figures",
                "进出口额以什么为准？",
                (
                    "以海关纳统数据为准，由系统取得，您不能修改。企业账面上的数字常常不同，因为统计的时间和口径不一样。",
                    "认为数据有误的，请联系所在市（地）商务部门，数据更正后金额会自动重新计算。",
                ),
                clause="figures",
            ),
            Question(
                "estimate",
                "测算的结果算数吗？",
                (
                    "测算和正式审核用同一套规则，填的数字一样，结果就一样。但是否批准、批准多少，以海关统计和审核核定的数字为准。测算不保存您填写的内容。",
                ),
                (CALCULATOR,),
            ),
        ),
    ),
    Group(
        "account",
        "注册和登录",
        (
            Question(
                "sign-up",
                "怎样注册？要准备什么？",
                (
                    "先设置用户名和密码，再登记企业：{code_length} 位统一社会信用代码、所在市（地）、联系人、收款账户，并上传营业执照和授权书。信用代码会逐位检查，请对照营业执照填写。",
                ),
                (("去注册", "portal:sign_up"),),
            ),
            Question(
                "known",
                "提示“信用代码已经注册”，怎么办？",
                (
                    "说明同事已经登记过这家企业。一家企业只登记一次，请点“申请加入这家企业”，由企业负责人登录后同意，您就可以办理。",
                    "找不到负责人的，或者确认不是本企业的人登记的，请打页面底部的电话。",
                ),
                (("登记企业或申请加入", "portal:sign_up_enterprise"),),
            ),
            Question(
                "verify",
                "企业核验要做什么？核验之前能做什么？",
                (
                    "市（地）商务部门或者省商务厅核对营业执照和授权书。核验之前可以填写和保存草稿，但看不到海关统计，也不能提交。",
                    "核验没有通过的，“企业信息”里写明原因，改正后会自动重新核验。",
                ),
                (ENTERPRISE,),
            ),
            Question(
                "password",
                "忘记密码怎么办？",
                (
                    "在登录页面点“忘记密码”，系统会把重新设置密码的链接寄到您登记的邮箱。没有登记邮箱的，请企业负责人或者打页面底部的电话联系管理员。",
                    "连续输错 {tries} 次密码，会锁定 {lock_minutes} 分钟，之后可以再试。",
                ),
                (("重新设置密码", "accounts:password_reset"), ("去登录", "accounts:sign_in")),
            ),
            Question(
                "expired",
                "填到一半登录过期，内容会丢吗？",
                (
                    "不会。{session_hours} 小时没有操作才会过期。填写时系统每隔几秒自动保存，页面上写明保存的时间；网络断开时先留在浏览器里，恢复后问您是否取回。重新登录后会回到原来的页面。",
                ),
            ),
            Question(
                "colleague",
                "几位同事可以一起办理吗？",
                (
                    "可以。负责人在“企业信息”里用邮箱邀请同事，邀请 {invitation_days} 天内有效。每个人用自己的用户名，请不要共用。企业的申报，每位经办人都能看到和办理。",
                ),
                (ENTERPRISE,),
            ),
            Question(
                "left",
                "经办的同事离职了，怎么办？",
                (
                    "申报属于企业，不会丢。请负责人在“企业信息”里移除这位同事，再邀请接手的人。负责人自己离职的，走之前先把负责人交给同事；已经离开的，请管理员办理移交。",
                ),
                (ENTERPRISE,),
            ),
            Question(
                "elsewhere",
                "在别的电脑上忘了退出，怎么办？",
                (
                    "登录后打开“登录记录”，可以看到正在使用的设备，把不认识的或者忘了退出的结束掉。怀疑密码被别人知道了，请同时更改密码。",
                ),
                (("打开登录记录", "accounts:sessions"),),
            ),
            Question(
                "phone",
                "手机能用吗？",
                ("能。所有页面都可以在手机上办理，材料可以直接用手机拍照上传。",),
            ),
        ),
    ),
    Group(
        "filing",
        "填写和材料",
        (
            Question(
                "start",
                "从哪里开始填？",
                (
                    "登录后打开“我的年度”，在“可以申报的事项”里选一项，点“申报”。官方数据已经填好，您只填系统不知道的内容。没填完可以随时离开，草稿会保留。",
                ),
                (MY_YEAR,),
            ),
            Question(
                "documents",
                "需要什么材料？怎样算合格？",
                (
                    "每个事项要的材料不同，措施页面和填写页面都列出来，写明为什么要、怎样算合格，并附有示意图。原件拍照或者扫描都可以，要求完整、清楚、看得见公章。",
                ),
                (MEASURES,),
            ),
            Question(
                "format",
                "文件有什么要求？",
                (
                    "可以上传 {accepted}。每个文件不超过 {evidence_size}，每项材料最多 {evidence_files} 个文件。太大的，请压缩或者分成几个文件。设了密码的文件打不开，请先取消密码。",
                ),
            ),
            Question(
                "twice",
                "提示同一个文件用过了，怎么办？",
                (
                    "同一个文件用在两项材料里，多半是选错了，请先核对。确实需要共用的，点“仍然使用”。以前申报时传过的文件可以直接选用，不用再传。",
                ),
            ),
            Question(
                "rows",
                "贷款、保单、发票有很多笔，怎么填？",
                (
                    "每一笔填一行，点“添加一行”。一种内容最多 {rows} 行；更多的请把小额的合并，完整清单作为材料上传。",
                ),
            ),
            Question(
                "unit",
                "金额填元还是万元？",
                (
                    "一律填元，可以带两位小数。输入框旁边会同时显示万元和大写，请核对一下有没有多一位或者少一位。发票是外币的，请填付款凭证上实际支付的人民币金额。",
                ),
            ),
            Question(
                "several",
                "参加了几个展会，要报几件？",
                (
                    "展会（5.1 至 5.3）一个展会报一件，独立站一个网站报一件，平台和海外仓一个报一件。其他事项每年报一件，几笔贷款、几份保单填在同一件里。同一件已经有草稿的，再点“申报”会打开原来的那一件。",
                ),
            ),
            Question(
                "other-support",
                "得到过其他政策的支持，还能报吗？",
                (
                    "能。省内其他政策已经支持过同一件事的，请如实填写金额并上传文件，本措施只补足差额：两项取高，不重复支付。没有得到过的，选“没有”。国家的支持不用填。",
                ),
                clause="overlap",
            ),
            Question(
                "deadline",
                "错过了截止日期怎么办？",
                (
                    "截止日当天 24:00 以前提交都算按时。过了截止日期，系统不再接受第一次提交，只有省商务厅记录了延期的企业除外。有特殊原因的，请尽快联系所在市（地）商务部门。",
                    "已经提交、被退回补正的，不受截止日期影响。",
                ),
            ),
            Question(
                "withdraw",
                "提交以后发现填错了，能改吗？",
                (
                    "提交后不能直接改。进入财政审核以前可以撤回，改好后重新申报，但申报的先后按新的提交时间计算。小的错误也可以等审核人员退回时改正，先后不变。",
                ),
            ),
            Question(
                "print",
                "可以打印吗？",
                (
                    "可以。申报、测算结果和公示都可以用浏览器打印，打印时会去掉按钮和菜单。申报表和办理结果通知书另有 PDF 文件，上面有编号和校验码。",
                ),
            ),
        ),
    ),
    Group(
        "amount",
        "金额怎样算",
        (
            Question(
                "differs",
                "为什么金额和我想的不一样？",
                (
                    "金额分四步算出：按规则计算、限额、扣除其他省级支持、年度总额度。申报页面把每一步的数字、减少了多少、依据哪一句条文都列出来。常见的原因有：不足一份的部分不计（1.1、3.1）、超过了单项上限、审核核定的费用比申报的少、几项合计超过年度总额度。",
                ),
                (CALCULATOR,),
            ),
            Question(
                "limit",
                "年度总额度是什么？",
                (
                    "一家企业一年得到的合计，不超过各项中最高的那个单项上限。上限高的事项先计入，超出的部分不再支付。",
                    "举例：{limit_story}{limit_first}应得 {limit_first_amount}，{limit_second}应得 {limit_second_amount}，总额度是 {limit}，所以{limit_second}只能得到 {limit_second_left}。",
                    "{raised_story}总额度提高到 {raised}，三项都不再削减，合计 {raised_total}。",
                ),
                (("测算几项放在一起的结果", "portal:calculator"),),
                clause="limit",
            ),
            Question(
                "once",
                "哪些奖励只能得一次？",
                (
                    "{once}。同一个平台的同一级别、同一个海外仓、同一家企业，以前得过的不再支付，不论哪一年、由哪家企业申报。省级平台后来认定为国家级的，可以再得国家级的奖励。",
                ),
                (MEASURES,),
            ),
            Question(
                "city",
                "由市（地）支付的事项有什么不同？",
                (
                    "{city_items}由所在市（地）决定补不补、补多少，审核、公示和支付也在市（地）。条文只规定最高比例。市（地）还没有规定比例的，暂时不能支付。这几项同样计入年度总额度。",
                ),
                clause="3.3",
            ),
        ),
    ),
    Group(
        "after",
        "提交以后",
        (
            Question(
                "follow",
                "提交以后到哪里看进度？",
                (
                    "在“我的年度”打开这件申报，上面写明现在由谁办理、您要不要做什么，下面有经过的每一步。有变化时还会收到站内消息和邮件。",
                ),
                (MY_YEAR,),
            ),
            Question(
                "letters",
                "申报表和办理结果通知书在哪里？怎样证明是真的？",
                (
                    "提交和作出决定以后，申报页面可以下载 PDF 文件，上面有编号和校验码。收到文件的人在“文书核验”输入编号和校验码，就能确认内容有没有被改过，不用登录。",
                ),
                (("文书核验", "portal:verify"),),
            ),
            Question(
                "returned",
                "被退回补正怎么办？",
                (
                    "不用着急，退回不等于不予支持。打开申报，审核意见就写在要改的那一处，只改那几处再提交。一般在 {return_days} 个工作日内补正；来不及的，请在到期前和审核部门联系。",
                ),
                (MY_YEAR,),
            ),
            Question(
                "rejected",
                "不予支持，还有办法吗？",
                ("可以在申报页面申请一次复议，写明理由，由另一位审核人员办理。",),
                (MY_YEAR,),
            ),
            Question(
                "notice",
                "公示是什么？有异议怎么办？",
                (
                    "批准的名单在拨付前公示，不少于 {notice_days} 个工作日，任何人都可以查看和提出异议。异议只影响所指的那一件，由没有参与审核的人员处理，其他的照常办理。",
                ),
                (("看公示", "portal:notices"),),
            ),
            Question(
                "shortage",
                "批准了，为什么只到账一部分？",
                (
                    "这一年的预算不够时，按财政部门确定的办法先支付一部分，其余的仍然欠着，以后的批次接着支付。申报页面写明已付和未付各是多少。",
                ),
            ),
            Question(
                "failed",
                "拨付没有成功怎么办？",
                (
                    "多半是户名、开户行或者账号不对。金额仍然保留，不会作废。请到“企业信息”核对收款账户，需要改的登记新账户，财政部门会再次拨付。",
                ),
                (ENTERPRISE,),
            ),
            Question(
                "bank",
                "收款账户怎样变更？",
                (
                    "负责人在“企业信息”里登记新账户。为了资金安全，要由企业的另一位经办人确认才生效；企业只有一个人的，等 {account_days} 个工作日后生效。生效以前仍然付到原账户。",
                ),
                (ENTERPRISE,),
            ),
            Question(
                "recovery",
                "为什么要退回一部分资金？",
                (
                    "拨付以后，海关数据更正或者核查发现多付了的，多付的部分要退回，也可以从以后的应付中抵扣。申报页面写明原因和金额，财政部门会与您联系。",
                ),
            ),
            Question(
                "support",
                "服务事项多久有答复？",
                (
                    "提出后马上转交条文写明的部门，牵头部门在 {support_days} 个工作日内答复。请您补充材料期间不计时。没有解决的，可以重新提出。",
                ),
                (("打开服务事项", "portal:support"),),
            ),
        ),
    ),
)
