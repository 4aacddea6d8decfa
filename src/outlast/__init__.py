"""Outlast runs plain Python functions as durable, interactive sessions.

```python
from outlast import app, ask, write


@app
def greet():
    "Say hello."
    name = ask("Who are you?")
    write(f"Hello **{name}**")
```
"""

from outlast.sdk import aio
from outlast.sdk.app import App, app
from outlast.sdk.chance import random, uuid
from outlast.sdk.choices import choose, choose_many
from outlast.sdk.context import AnswerTimeout, SessionCancelled
from outlast.sdk.durable import StepFailed, step
from outlast.sdk.files import File
from outlast.sdk.forms import field, form
from outlast.sdk.inputs import Approval, approve, ask, chat, confirm
from outlast.sdk.layout import columns, expander, section, tabs
from outlast.sdk.media import audio, chart, file, image, video
from outlast.sdk.output import code, json, markdown, metric, note, table, thinking, write
from outlast.sdk.pickers import edit_table, pick_date, pick_time, slider, upload
from outlast.sdk.session import log, session, stop
from outlast.sdk.timing import now, sleep
from outlast.sdk.working import progress, status

__all__ = [
    "AnswerTimeout",
    "App",
    "Approval",
    "File",
    "SessionCancelled",
    "StepFailed",
    "aio",
    "app",
    "approve",
    "ask",
    "audio",
    "chart",
    "chat",
    "choose",
    "choose_many",
    "code",
    "columns",
    "confirm",
    "edit_table",
    "expander",
    "field",
    "file",
    "form",
    "image",
    "json",
    "log",
    "markdown",
    "metric",
    "note",
    "now",
    "pick_date",
    "pick_time",
    "progress",
    "random",
    "section",
    "session",
    "sleep",
    "slider",
    "status",
    "step",
    "stop",
    "table",
    "tabs",
    "thinking",
    "upload",
    "uuid",
    "video",
    "write",
]
