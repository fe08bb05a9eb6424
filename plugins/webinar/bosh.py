"""Whether a Jitsi server takes our tickets: the first two steps of coming in, over BOSH (XMPP in
HTTP requests, XEP-0124), as a browser does them."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlencode
from xml.etree.ElementTree import Element  # read by answers.py
from xml.sax.saxutils import quoteattr  # it parses nothing

from plugins.webinar.answers import Unreadable, read_xml
from plugins.webinar.asking import Trouble, Why, ask

BODY = "http://jabber.org/protocol/httpbind"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
# The name by which the server knows itself among its own, from the settings that browsers get.
DOMAIN = re.compile(r"""(?:hosts\.domain\s*=|\bdomain\s*:)\s*['"]([A-Za-z0-9.-]{1,200})['"]""")


def own_name(address: str) -> str:
    """What a Jitsi server calls itself. Raises Trouble, also where there is none."""
    settings = ask(f"{address}/config.js").decode(errors="replace")
    found = DOMAIN.search(settings)
    if found is None:
        raise Trouble(Why.STRANGE)
    return found[1]


def lets_in(address: str, name: str, room: str, ticket: str) -> bool:
    """Whether the server takes a ticket to a room. Raises Trouble where it cannot be asked."""
    first = secrets.randbelow(2**30)
    query = urlencode({"room": room, "token": ticket})
    url = f"{address}/http-bind?{query}"
    opening = (
        f"<body xmlns='{BODY}' xmlns:xmpp='urn:xmpp:xbosh' rid='{first}' to={quoteattr(name)} "
        "xml:lang='en' wait='3' hold='1' ver='1.6' xmpp:version='1.0'/>"
    )
    answer = _answer(url, opening)
    session = answer.get("sid", "")
    if not session:
        return False
    signing = f"<auth xmlns='{SASL}' mechanism='ANONYMOUS'/>"
    # The second may be answered a little later than it is asked.
    for number, content in enumerate((signing, "", ""), first + 1):
        answer = _answer(
            url, f"<body xmlns='{BODY}' rid='{number}' sid={quoteattr(session)}>{content}</body>"
        )
        tags = {one.tag.rpartition(":")[2] for one in answer.iter()}
        if "success" in tags:
            return True
        if "failure" in tags or answer.get("type") == "terminate":
            return False
    raise Trouble(Why.SLOW)


def _answer(url: str, body: str) -> Element:
    try:
        return read_xml(ask(url, body.encode(), "text/xml; charset=utf-8"))
    except Unreadable as error:
        raise Trouble(Why.STRANGE) from error
