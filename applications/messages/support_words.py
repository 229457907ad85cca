"""What messages say about a request under measures 8 to 12. Each takes (event, request) and returns Words."""

from accounts.departments import Department

from .phrases import NOTHING_TO_DO, Words, day_words


def filed(event, request):
    """The receipt."""
    lead = Department(request.lead).label
    until = day_words(request.due_on, request.due_certain)
    text = f"已收到服务事项 {request.number}“{request.subject}”，由{lead}牵头办理，{until}前答复。{NOTHING_TO_DO}"
    return Words("已收到服务事项", text)


def _department(event):
    return Department(event.data["department"]).label


def answered(event, request):
    """A department has answered."""
    text = f"{_department(event)}答复了服务事项 {request.number}“{request.subject}”。请查看答复；问题没有解决的，可以要求重新办理。"
    return Words(f"{_department(event)}已答复", text)


def asked(event, request):
    """A department needs more to go on."""
    text = (
        f"{_department(event)}请您补充服务事项 {request.number}“{request.subject}”的情况。补充后继续办理，"
        "等待期间不计入办理期限。"
    )
    return Words(f"{_department(event)}请您补充情况", text, act=True)


def handed_over(event, request):
    """Another department leads now; the clock has not stopped."""
    lead, before = Department(event.data["to"]).label, _department(event)
    until = day_words(request.due_on, request.due_certain)
    text = (
        f"服务事项 {request.number}“{request.subject}”已由{before}转交{lead}办理，期限不变，{until}前答复。"
        f"{NOTHING_TO_DO}"
    )
    return Words(f"已转交{lead}办理", text)


def closed(event, request):
    """Closed by itself; whoever closes a request by hand knows it."""
    if event.actor_id:
        return None
    text = f"服务事项 {request.number}“{request.subject}”答复后没有不同意见，已自动办结。问题还在的，可以要求重新办理。"
    return Words("服务事项已办结", text)
