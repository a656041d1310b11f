"""The frame around every page, and the few building blocks of their bodies."""

from html import escape

from werkzeug.wrappers import Response

from ..clock import UTC

STYLE = """
*{box-sizing:border-box}body{margin:0;font:15px/1.45 system-ui,sans-serif;color:#222;
background:#f4f4f6}header{background:#d9381e;color:#fff}nav,main{max-width:1080px;
margin:0 auto;padding:.7rem 1rem}nav{display:flex;gap:1.1rem;flex-wrap:wrap;
align-items:baseline}nav a{color:#fff;text-decoration:none}nav b{font-size:1.1rem}
main{padding-bottom:4rem}main.narrow{max-width:460px}h1{font-size:1.35rem;
margin:.8rem 0}h2{font-size:1.05rem;margin:1.4rem 0 .5rem}a{color:#a52a14}
.card{background:#fff;border:1px solid #e2e2e6;border-radius:8px;padding:.9rem 1rem;
margin:.8rem 0;overflow-x:auto}.grid{display:grid;gap:.8rem;
grid-template-columns:repeat(auto-fit,minmax(230px,1fr))}.grid .card{margin:0}
table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:600;
color:#666;font-size:.85rem}th,td{padding:.35rem .6rem .35rem 0;vertical-align:top;
border-bottom:1px solid #eee}td.n,th.n{text-align:right;white-space:nowrap}
.tag{display:inline-block;border-radius:9px;padding:.05rem .55rem;font-size:.8rem;
background:#e8e8ee;white-space:nowrap}.good{background:#d8f0dc}.todo{background:#fdeac2}
.bad{background:#fbd9d3}.quiet{color:#777}button,select,input{font:inherit;
padding:.35rem .6rem;border:1px solid #bbb;border-radius:6px;background:#fff;
max-width:100%}button{cursor:pointer}button.main{background:#d9381e;color:#fff;
border-color:#d9381e}form.in{display:inline-block;margin:.15rem .3rem .15rem 0}
label{display:inline-block;margin:.3rem .8rem .3rem 0}code{background:#f0f0f3;
padding:.05rem .3rem;border-radius:4px;word-break:break-all}
@media(max-width:640px){main,nav{padding:.6rem}.wide{display:none}}
"""
TAGS = {
    "WAIT_SELLER_SEND_GOODS": "todo", "SELLER_PART_SEND_GOODS": "todo",
    "WAIT_BUYER_ACCEPT_GOODS": "good", "FUND_PROCESSING": "good", "IN_CANCEL": "bad",
    "IN_ISSUE": "bad", "IN_FROZEN": "bad", "onSelling": "good", "auditing": "todo",
    "editingRequired": "bad",
}  # fmt: skip


def esc(value):
    return escape("" if value is None else str(value))


def page_response(title, body, shop=None, status=200, narrow=False):
    """A whole page; with a shop its links lead to that shop's pages."""
    query = f"?shop={shop.seller_id}" if shop else ""
    links = "".join(
        f'<a href="/{path}{query}">{name}</a>'
        for path, name in (
            ("orders", "Orders"),
            ("listings", "Listings"),
            ("shipments", "Shipments"),
            ("place", "Place an order"),
        )
    )
    name = f"<span>{esc(shop.name)}</span>" if shop else ""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{esc(title)} – AliExpress sandbox</title><style>{STYLE}</style>"
        '<link rel="icon" href="data:,"></head><body><header><nav>'
        f'<a href="/{query}"><b>AliExpress sandbox</b></a>{links}{name}</nav></header>'
        f"<main{' class=narrow' if narrow else ''}><h1>{esc(title)}</h1>{body}</main>"
        "</body></html>"
    )
    return Response(html, status, content_type="text/html;charset=utf-8")


def tag(status):
    return f'<span class="tag {TAGS.get(status, "")}">{esc(status)}</span>'


def when(moment):
    return esc(moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if moment else "")


def table(heads, rows, empty):
    """A table card; a head starting with `#` is a number column. Cells are HTML."""
    if not rows:
        return f'<div class="card quiet">{esc(empty)}</div>'
    kinds = [' class="n"' if head.startswith("#") else "" for head in heads]
    top = "".join(f"<th{kind}>{esc(head.lstrip('#'))}</th>" for kind, head in zip(kinds, heads, strict=True))
    lines = "".join(
        "<tr>" + "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, row, strict=True)) + "</tr>"
        for row in rows
    )
    return f'<div class="card"><table><tr>{top}</tr>{lines}</table></div>'


def button(action, label, main=False, **hidden):
    """A form of one button."""
    fields = "".join(f'<input type="hidden" name="{esc(name)}" value="{esc(value)}">' for name, value in hidden.items())
    kind = ' class="main"' if main else ""
    return f'<form class="in" method="post" action="{esc(action)}">{fields}<button{kind}>{esc(label)}</button></form>'


def shop_of(sandbox, request):
    """The shop a page is about: ?shop=, else the first."""
    return sandbox.world.shop(request.values.get("shop"))
