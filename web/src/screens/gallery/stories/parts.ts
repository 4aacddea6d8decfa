import { ask, tell, telling, type Chapter } from "../story";

const text = (words: string) => tell("markdown", { text: words });

export const status: Chapter = {
  id: "status",
  stories: [
    {
      title: "Running",
      blocks: [
        telling("status", { label: "Preparing the report", steps: ["Reading the figures", "Drawing the charts"] }),
      ],
    },
    {
      title: "Done",
      blocks: [
        tell(
          "status",
          {
            label: "Prepared the report",
            state: "done",
            steps: ["Reading the figures", "Drawing the charts"],
            duration_s: 74.2,
          },
          [text("All **12** charts are drawn.")],
        ),
        tell("status", { label: "Looked for duplicates", state: "done", duration_s: 0.34 }),
      ],
    },
    {
      title: "Failed",
      blocks: [
        tell("status", { label: "Sending the mail", state: "failed", steps: ["Connecting"], duration_s: 30 }, [
          tell("fault", { type: "TimeoutError", message: "The mail server did not answer." }),
        ]),
      ],
    },
    { title: "Right to left", blocks: [telling("status", { label: "إعداد التقرير", steps: ["قراءة الأرقام"] })] },
  ],
};

export const section: Chapter = {
  id: "section",
  stories: [
    {
      title: "Nested",
      blocks: [
        tell("section", { title: "The first quarter" }, [
          text("What is said of the whole quarter."),
          tell("section", { title: "January" }, [
            text("A part of a part."),
            tell("section", { title: "Its first week" }, [text("And so on.")]),
          ]),
        ]),
      ],
    },
    {
      title: "Without a title, and empty",
      blocks: [tell("section", {}, [text("Only held together.")]), tell("section", { title: "Nothing yet" })],
    },
  ],
};

export const columns: Chapter = {
  id: "columns",
  stories: [
    {
      title: "With weights",
      blocks: [
        tell("columns", { weights: [2, 1] }, [
          tell("column", {}, [
            text(
              "The wide one holds most of the words, so that the other can stand beside it and add a figure or two.",
            ),
          ]),
          tell("column", {}, [tell("metric", { label: "Orders", value: 1204, delta: 18 })]),
        ]),
      ],
    },
    {
      title: "A table and code do not widen them",
      blocks: [
        tell("columns", {}, [
          tell("column", {}, [
            tell("table", {
              columns: ["one", "two", "three", "four", "five", "six"].map((name) => ({ name })),
              rows: [["first", "second", "third", "fourth", "fifth", "sixth"]],
            }),
          ]),
          tell("column", {}, [tell("code", { language: "python", text: `print("${"long ".repeat(30)}")` })]),
        ]),
      ],
    },
  ],
};

export const tabs: Chapter = {
  id: "tabs",
  stories: [
    {
      title: "A few",
      blocks: [
        tell("tabs", {}, [
          tell("tab", { label: "Summary" }, [text("What matters, in *one* line.")]),
          tell("tab", { label: "Details" }, [tell("json", { value: { orders: 1204, refunds: 42 } })]),
          tell("tab", { label: "البيانات" }, [text("بيانات")]),
        ]),
      ],
    },
    {
      title: "Many",
      blocks: [
        tell(
          "tabs",
          {},
          Array.from({ length: 14 }, (_, at) =>
            tell("tab", { label: `Region ${String(at + 1)}` }, [text(`Of region ${String(at + 1)}.`)]),
          ),
        ),
      ],
    },
  ],
};

export const expander: Chapter = {
  id: "expander",
  stories: [
    {
      title: "Folded and open",
      blocks: [
        tell("expander", { label: "How it was counted" }, [text("By hand.")]),
        tell("expander", { label: "Open from the start", open: true }, [
          text("What is inside."),
          tell("metric", { label: "Orders", value: 1204 }),
        ]),
      ],
    },
    {
      title: "With a question inside",
      blocks: [tell("expander", { label: "More", open: true }, [ask("confirm", "Count them again?", {})])],
    },
  ],
};
