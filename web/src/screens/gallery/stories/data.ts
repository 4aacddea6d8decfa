import { tell, telling, type Chapter } from "../story";

const ITEMS = ["Tea", "Coffee", "Bread", "Olives", "Cheese", "Honey", "Almonds", "Salt"];
const CITIES = ["Lisbon", "Porto", "Faro", "Braga", "Évora"];

const orders = (count: number): unknown[][] =>
  Array.from({ length: count }, (_, at) => [
    1000 + at,
    ITEMS[at % ITEMS.length],
    CITIES[(at * 7) % CITIES.length],
    Math.round(((at * 37) % 900) + 100) / 10,
    at % 3 !== 0,
    `2026-0${String((at % 9) + 1)}-1${String(at % 9)}`,
  ]);

const COLUMNS = [
  { name: "Order", type: "number" as const },
  { name: "Item", type: "text" as const },
  { name: "City", type: "text" as const },
  { name: "Price", type: "number" as const },
  { name: "Paid", type: "boolean" as const },
  { name: "Sold on", type: "date" as const },
];

export const table: Chapter = {
  id: "table",
  stories: [
    { title: "Short", blocks: [tell("table", { columns: COLUMNS, rows: orders(6), caption: "Orders of today" })] },
    {
      title: "2,000 rows, cut from 50,000",
      blocks: [tell("table", { columns: COLUMNS, rows: orders(2000), total: 50_000 })],
    },
    {
      title: "Many columns",
      blocks: [
        tell("table", {
          columns: Array.from({ length: 24 }, (_, at) => ({ name: `Measure ${String(at + 1)}` })),
          rows: Array.from({ length: 60 }, (_, row) => Array.from({ length: 24 }, (_unused, at) => (row * at) / 7)),
        }),
      ],
    },
    {
      title: "Cells of all kinds",
      blocks: [
        tell("table", {
          columns: [{ name: "What" }, { name: "Value" }, { name: "At", type: "datetime" }],
          rows: [
            ["huge", 1.2345678901234567e21, "2026-03-02T09:30:00Z"],
            ["tiny", 0.00000123, null],
            ["nothing", null, "not a date"],
            ["nested", { a: [1, 2] }, null],
            [
              "a text that is long enough to be wrapped, since it tells a whole story about what was found where and when",
              -12,
              null,
            ],
            ['=HYPERLINK("http://example.com")', true, null],
            ["عنوان بالعربية", 7, null],
          ],
        }),
      ],
    },
    { title: "Streaming, no rows yet", blocks: [telling("table", { columns: COLUMNS, rows: [], caption: "Orders" })] },
    { title: "Empty", blocks: [tell("table", {})] },
  ],
};

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug"];
const sales = MONTHS.flatMap((month, at) => [
  { month, region: "North", sales: 120 + at * 14 + (at % 3) * 22 },
  { month, region: "South", sales: 180 - at * 6 + (at % 2) * 31 },
  { month, region: "Coast", sales: 60 + at * at * 2 },
]);

const byMonth = {
  x: { field: "month", type: "ordinal", sort: null, title: "Month", axis: { labelAngle: 0 } },
  y: { field: "sales", type: "quantitative", title: "Sales" },
  color: { field: "region", type: "nominal", title: "Region" },
};

export const chart: Chapter = {
  id: "chart",
  stories: [
    {
      title: "Vega-Lite: lines",
      blocks: [
        tell("chart", {
          library: "vega-lite",
          caption: "In thousands of euros",
          spec: {
            title: "Sales by region",
            data: { values: sales },
            mark: { type: "line", point: true },
            encoding: byMonth,
          },
        }),
      ],
    },
    {
      title: "Vega-Lite: bars, beside each other in columns",
      blocks: [
        tell("columns", {}, [
          tell("column", {}, [
            tell("chart", { library: "vega-lite", spec: { data: { values: sales }, mark: "bar", encoding: byMonth } }),
          ]),
          tell("column", {}, [
            tell("chart", {
              library: "vega-lite",
              spec: {
                data: { values: sales },
                mark: { type: "arc", innerRadius: 60 },
                encoding: { theta: { aggregate: "sum", field: "sales", type: "quantitative" }, color: byMonth.color },
              },
            }),
          ]),
        ]),
      ],
    },
    {
      title: "Plotly",
      blocks: [
        tell("chart", {
          library: "plotly",
          spec: {
            data: [
              { type: "scatter", mode: "lines+markers", name: "North", x: MONTHS, y: [12, 18, 15, 22, 27, 25, 31, 34] },
              { type: "bar", name: "South", x: MONTHS, y: [8, 11, 9, 14, 13, 17, 16, 20] },
            ],
            layout: { title: { text: "Orders" }, yaxis: { title: { text: "Thousands" } } },
          },
        }),
      ],
    },
    {
      title: "Data from elsewhere",
      blocks: [
        tell("chart", {
          library: "vega-lite",
          spec: {
            data: { url: "https://example.com/data.csv" },
            mark: "bar",
            encoding: { x: { field: "a" }, y: { field: "b" } },
          },
        }),
      ],
    },
    {
      title: "Broken",
      blocks: [
        tell("chart", {
          library: "vega-lite",
          spec: { mark: "no such mark", data: { values: [{ a: 1 }] }, encoding: {} },
        }),
      ],
    },
  ],
};

export const metric: Chapter = {
  id: "metric",
  stories: [
    {
      title: "In columns",
      blocks: [
        tell("columns", {}, [
          tell("column", {}, [tell("metric", { label: "Revenue", value: 125_300, delta: 8200, unit: "EUR" })]),
          tell("column", {}, [tell("metric", { label: "Refunds", value: 42, delta: -3 })]),
          tell("column", {}, [tell("metric", { label: "Orders a day", value: 87.5, delta: 0 })]),
          tell("column", {}, [tell("metric", { label: "Uptime", value: "99.98 %", delta: "+0.02 pp" })]),
        ]),
      ],
    },
    {
      title: "Huge, tiny, long, right to left",
      blocks: [
        tell("metric", { label: "Atoms", value: 6.02214076e23 }),
        tell("metric", {
          label: "A label that is far too long for the place that a figure has on a phone",
          value: 0.0000012,
        }),
        tell("metric", { label: "Host", value: "ip-10-0-13-37.eu-west-1.compute.internal.example.com" }),
        tell("metric", { label: "المبيعات", value: 1250, delta: 80, unit: "يورو" }),
      ],
    },
  ],
};

export const progress: Chapter = {
  id: "progress",
  stories: [
    {
      title: "On its way",
      blocks: [
        telling("progress", {
          label: "Reading pages",
          value: 130,
          total: 200,
          unit: "pages",
          rate_per_s: 4.2,
          remaining_s: 16.7,
        }),
      ],
    },
    {
      title: "No end known",
      blocks: [telling("progress", { label: "Listening", value: 12_480, unit: "events", rate_per_s: 1250 })],
    },
    {
      title: "Done",
      blocks: [tell("progress", { label: "Copied", value: 1000, total: 1000, unit: "files", rate_per_s: 88 })],
    },
    {
      title: "Stopped half way",
      blocks: [tell("progress", { label: "Copied", value: 310, total: 1000, remaining_s: 8 })],
    },
    {
      title: "Huge, without a label",
      blocks: [
        telling("progress", { value: 3.1e12, total: 9.9e12, unit: "bytes", rate_per_s: 1.4e8, remaining_s: 190_000 }),
      ],
    },
  ],
};
