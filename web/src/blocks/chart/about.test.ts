import { expect, it } from "vitest";
import { dataOf, lacks, nameOf } from "./about";

it("names a chart by its title, its caption or what it shows", () => {
  expect(nameOf({ title: { text: ["Sales", "by region"] } }, null)).toBe("Sales by region");
  expect(nameOf({ layout: { title: { text: "<b>Orders</b>" } } }, "x")).toBe("Orders");
  expect(nameOf({}, "A caption")).toBe("A caption");
  const encoding = { x: { field: "month" }, y: { field: "sales", title: "Sales" } };
  expect(nameOf({ mark: { type: "bar" }, encoding }, null)).toBe("Bar chart of Sales by month");
});

it("finds what would be fetched", () => {
  expect(lacks("vega-lite", { layer: [{ data: { url: "https://example.com" } }] })).toBe("remote");
  expect(lacks("vega-lite", { data: { values: [{ data: { url: "a word" } }] } })).toBeNull();
  expect(lacks("plotly", { data: [{ type: "choropleth" }] })).toBe("maps");
  expect(lacks("plotly", { data: [{ type: "scatter" }] })).toBeNull();
});

it("gives the data of a chart as a table", () => {
  expect(dataOf("vega-lite", { layer: [{ data: { values: [{ a: 1 }, { b: 2 }] } }] })).toEqual({
    columns: [{ name: "a" }, { name: "b" }],
    rows: [
      [1, null],
      [null, 2],
    ],
  });
  expect(dataOf("vega-lite", { data: { name: "d" }, datasets: { c: [{ x: 9 }], d: [{ a: 1 }] } })?.rows).toEqual([[1]]);
  const traces = [
    { name: "n", x: ["a"], y: { dtype: "f8", bdata: btoa(String.fromCharCode(0, 0, 0, 0, 0, 0, 240, 63)) } },
  ];
  expect(dataOf("plotly", { data: traces })?.rows).toEqual([["a", 1]]);
  expect(dataOf("plotly", {})).toBeNull();
});
