import { tell, telling, type Chapter } from "../story";

const EVERYTHING = `# Weekly report

Sales went up **12 %** against last week, mostly from *returning customers*; ~~refunds~~ stayed flat. Run \`make report\`
to draw it again, or read [how it is counted](https://example.com/counting).

## What we saw

1. Orders from the north grew the fastest.
2. Two suppliers were late:
   - Meyer & Sons, by four days
   - Oak and Iron, by one
3. Nothing else.

- [x] Figures checked
- [ ] Sent to the board

> The best quarter since we began.
>
> — Finance

| Region | Orders | Change |
| :-- | --: | --: |
| North | 1,204 | +18 % |
| South | 987 | −2 % |
| Coast | 412 | +6 % |

\`\`\`python
def total(orders: list[Order]) -> float:
    """The sum of all that was paid."""
    return sum(order.price for order in orders if order.paid)  # refunds are counted apart
\`\`\`

The mean is $\\bar{x} = \\frac{1}{n}\\sum_{i=1}^{n} x_i$, and one plan costs $5 or $10 a month.

$$
\\int_{-\\infty}^{\\infty} e^{-x^2}\\,dx = \\sqrt{\\pi}
$$

---

Figures are of Monday.[^1]

[^1]: Counted at nine in the morning.
`;

const LONG = Array.from(
  { length: 600 },
  (_, at) =>
    `${at % 12 === 0 ? `### Part ${String(at / 12 + 1)}\n\n` : ""}Paragraph ${String(at + 1)} tells at some length what was found, ` +
    "so that this text is as long as a report of a hundred pages and still scrolls as smoothly as a short one does.",
).join("\n\n");

const ARABIC = `## تقرير الأسبوع

ارتفعت المبيعات بنسبة **12٪** مقارنة بالأسبوع الماضي، ومعظمها من \`customers\` العائدين.

- الشمال: الأسرع نموًا
- الجنوب: بلا تغيير

> أفضل ربع سنة منذ البداية.`;

const THOUGHTS = `The user wants the *cheapest* route that arrives before noon.

1. Trains leave at 6:10 and 7:40.
2. The second one changes in Porto, which leaves **nine minutes**.

So the first one is safer.`;

export const markdown: Chapter = {
  id: "markdown",
  stories: [
    { title: "All that Markdown can", blocks: [tell("markdown", { text: EVERYTHING })] },
    {
      title: "Streaming, in the middle of a word",
      blocks: [telling("markdown", { text: "Here is the plan:\n\n1. Read the file\n2. Draw a **cha" })],
    },
    {
      title: "Streaming, in the middle of code",
      blocks: [
        telling("markdown", { text: "This is how:\n\n```sql\nSELECT region, sum(price)\nFROM orders\nWHERE pai" }),
      ],
    },
    { title: "Long", blocks: [tell("expander", { label: "600 paragraphs" }, [tell("markdown", { text: LONG })])] },
    { title: "Right to left", blocks: [tell("markdown", { text: ARABIC })] },
    {
      title: "What is not run or fetched",
      blocks: [
        tell("markdown", {
          text:
            "<b onclick=alert(1)>HTML is text</b>, a [bad link](javascript:alert(1)) leads nowhere, and ![a picture](https://example.com/cat.png) elsewhere is a link.\n\nA word too long for a line: " +
            "pneumonoultramicroscopicsilicovolcanoconiosis".repeat(6),
        }),
      ],
    },
    { title: "Empty", blocks: [tell("markdown", { text: "" })] },
  ],
};

export const code: Chapter = {
  id: "code",
  stories: [
    {
      title: "In colours",
      blocks: [
        tell("code", {
          language: "python",
          text: 'from outlast import app, ask, write\n\n\n@app\ndef hello():\n    """Greet somebody."""\n    name = ask("Who are you?")  # waits as long as it takes\n    write(f"Hello, **{name}**!", count=3)',
        }),
        tell("code", {
          language: "sql",
          text: "SELECT region, count(*) AS orders\nFROM sales\nWHERE sold_at > DATE '2026-01-01'\nGROUP BY region;",
        }),
      ],
    },
    { title: "No language", blocks: [tell("code", { text: "$ outlast serve apps/\nReady at http://127.0.0.1:8000" })] },
    { title: "Streaming", blocks: [telling("code", { language: "json", text: '{"name": "Ada", "year": 18' })] },
    {
      title: "Long, with long lines",
      blocks: [
        tell("code", {
          language: "javascript",
          text: Array.from(
            { length: 200 },
            (_, at) =>
              `const value${String(at)} = compute(${String(at)}, "a line that is longer than the page is wide", { option: true, another: ${String(at * 7)}, last: null });`,
          ).join("\n"),
        }),
      ],
    },
    {
      title: "Of many lines",
      blocks: [
        tell("code", {
          language: "python",
          text: Array.from({ length: 4000 }, (_, at) => `print("line", ${String(at + 1)})`).join("\n"),
        }),
        tell("code", { text: "0123456789abcdef".repeat(8000) }),
      ],
    },
    { title: "Empty", blocks: [telling("code", { language: "python" })] },
  ],
};

export const json: Chapter = {
  id: "json",
  stories: [
    {
      title: "Nested",
      blocks: [
        tell("json", {
          value: {
            status: "ok",
            count: 3,
            ratio: 0.5,
            ready: true,
            owner: null,
            parts: [
              { id: 1, tags: ["new", "blue"] },
              { id: 2, tags: [] },
            ],
            empty: {},
          },
        }),
      ],
    },
    {
      title: "Huge",
      blocks: [
        tell("json", {
          value: {
            numbers: Array.from({ length: 5000 }, (_, at) => at * at),
            text: "A text that is very long. ".repeat(200),
            large: 12345678901234567890,
          },
        }),
      ],
    },
    { title: "A single value", blocks: [tell("json", { value: "just a text" })] },
    { title: "Right to left", blocks: [tell("json", { value: { مدينة: "لشبونة", عدد: 7 } })] },
    { title: "Empty", blocks: [tell("json", {})] },
  ],
};

export const thinking: Chapter = {
  id: "thinking",
  stories: [
    { title: "Done", blocks: [tell("thinking", { text: THOUGHTS })] },
    { title: "Going on", blocks: [telling("thinking", { text: "The user wants the *cheapest* route th" })] },
  ],
};

export const note: Chapter = {
  id: "note",
  stories: [
    {
      title: "Four levels",
      blocks: [
        tell("note", { text: "Figures are of **Monday**; see [the source](https://example.com)." }),
        tell("note", { text: "The order is on its way.", level: "success" }),
        tell("note", { text: "Two rows had no price and were left out.", level: "warning" }),
        tell("note", {
          text: "The bank refused the card.\n\n- Ask for another card\n- Or pay by invoice",
          level: "error",
        }),
      ],
    },
    { title: "Right to left", blocks: [tell("note", { text: "الطلب في الطريق.", level: "success" })] },
  ],
};

export const fault: Chapter = {
  id: "fault",
  stories: [
    {
      title: "With its traceback",
      blocks: [
        tell("fault", {
          type: "ValueError",
          message: "could not convert string to float: 'twelve'",
          traceback:
            'Traceback (most recent call last):\n  File "report.py", line 31, in report\n    price = float(row["price"])\n            ^^^^^^^^^^^^^^^^^^^\nValueError: could not convert string to float: \'twelve\'',
        }),
      ],
    },
    {
      title: "Long message",
      blocks: [
        tell("fault", {
          type: "httpx.HTTPStatusError",
          message: `502 Bad Gateway\n${"https://api.example.com/v1/".repeat(20)}`,
        }),
      ],
    },
    { title: "No message", blocks: [tell("fault", { type: "TimeoutError", message: "" })] },
  ],
};
