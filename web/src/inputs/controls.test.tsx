import { cleanup, createEvent, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import * as parts from "./parts";
import { ask, FIELD } from "./stage";

// They are there already, as they are for whoever has met one before.
beforeAll(() => Promise.all(Object.values(parts).map((one) => one.load())));
afterEach(cleanup);

const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));
const type = (control: HTMLElement, value: string) => fireEvent.change(control, { target: { value } });

test("text is typed and sent", () => {
  const { answers } = ask("text", {});
  type(screen.getByLabelText("The question", FIELD), "Ada");
  press("Answer");
  expect(answers).toEqual(["Ada"]);
});

test("several lines are sent by Ctrl and Enter", () => {
  const { answers } = ask("text", { multiline: true });
  const area = screen.getByLabelText("The question", FIELD);
  type(area, "one\ntwo");
  fireEvent.keyDown(area, { key: "Enter" });
  expect(answers).toEqual([]);
  fireEvent.keyDown(area, { key: "Enter", ctrlKey: true });
  expect(answers).toEqual(["one\ntwo"]);
});

test("characters are counted when they run out", () => {
  ask("text", { max_length: 10 });
  type(screen.getByLabelText("The question", FIELD), "123456789");
  expect(screen.getByText("9 of 10 characters")).toBeDefined();
});

test("a secret is typed unseen", () => {
  ask("text", { secret: true });
  expect(screen.getByLabelText("The question", FIELD).getAttribute("type")).toBe("password");
});

test("a number may have a comma", () => {
  const { answers } = ask("number", { unit: "kg" });
  const field = screen.getByLabelText("The question", FIELD);
  fireEvent(field, createEvent.paste(field, { clipboardData: { getData: () => "2,5" } }));
  press("Answer");
  expect(answers).toEqual([2.5]);
});

test("a slider is moved by keys", () => {
  const { answers } = ask("slider", { min: 0, max: 10, integer: true, default: 7 });
  fireEvent.keyDown(screen.getByRole("slider", { name: "The question" }), { key: "ArrowRight", code: "ArrowRight" });
  press("Answer");
  expect(answers).toEqual([8]);
});

test("a button is the answer to yes or no", () => {
  const { answers } = ask("confirm", { yes: "Book", no: "Wait" });
  press("Wait");
  expect(answers).toEqual([false]);
});

test("a decision has its comment", () => {
  const { answers } = ask("approve", { details: "Two lamps" });
  const comment = screen.getByLabelText("Comment");
  type(comment, "fine");
  press("Approve");
  expect(answers).toEqual([{ approved: true, comment: "fine" }]);
});

test("few options are buttons", () => {
  const { answers } = ask("choose", { options: ["relaxed", "packed"] });
  press("packed");
  expect(answers).toEqual(["packed"]);
});

test("many options are searched", async () => {
  const { answers } = ask("choose", { options: Array.from({ length: 40 }, (_, at) => `City ${at}`) });
  fireEvent.click(screen.getByRole("combobox", { name: "The question" }));
  fireEvent.click(await screen.findByRole("option", { name: "City 17" }));
  press("Answer");
  expect(answers).toEqual(["City 17"]);
});

test("some of several come in the order of the options, and no more than are wanted", () => {
  const { answers } = ask("choose_many", { options: ["a", "b", "c"], max: 2 });
  fireEvent.click(screen.getByLabelText("c"));
  fireEvent.click(screen.getByLabelText("a"));
  expect(screen.getByLabelText("b")).toHaveProperty("disabled", true);
  press("Answer");
  expect(answers).toEqual([["a", "c"]]);
});

test("a day is typed", async () => {
  const { answers } = ask("date", {});
  const field = await screen.findByLabelText("The question", FIELD);
  fireEvent.input(field, { target: { value: "24 Dec 2026" } });
  press("Answer");
  expect(answers).toEqual(["2026-12-24"]);
});

test("what is no day is told", async () => {
  const { answers } = ask("date", {});
  fireEvent.input(await screen.findByLabelText("The question", FIELD), { target: { value: "someday" } });
  press("Answer");
  expect(screen.getByRole("alert").textContent).toContain("24 Dec 2026");
  expect(answers).toEqual([]);
});

test("a time is typed", async () => {
  const { answers } = ask("time", {});
  type(await screen.findByLabelText("The question", FIELD), "14:30");
  press("Answer");
  expect(answers).toEqual(["14:30"]);
});

test("a date with a time names its moment", async () => {
  const { answers } = ask("datetime", {});
  fireEvent.input(await screen.findByLabelText("Day"), { target: { value: "2026-12-24" } });
  type(screen.getByLabelText("Time"), "18:00");
  press("Answer");
  expect(answers[0]).toMatch(/^2026-12-24T18:00[+-]\d{2}:\d{2}$/);
});

test("a file is sent at once, and then it is the answer", async () => {
  const { answers } = ask("upload", { accept: [".csv"] });
  const picker = await screen.findByLabelText("The question", FIELD);
  fireEvent.change(picker, { target: { files: [new File(["1"], "july.csv", { type: "text/csv" })] } });
  await screen.findByText(/ready/);
  press("Send");
  expect(answers).toEqual([[{ sha256: "a1", name: "july.csv", type: "text/csv", size_bytes: 1 }]]);
});

test("a file of another kind is refused before it is sent", async () => {
  ask("upload", { accept: [".csv"] });
  const picker = await screen.findByLabelText("The question", FIELD);
  fireEvent.change(picker, { target: { files: [new File(["1"], "july.exe")] } });
  expect((await screen.findByRole("alert")).textContent).toContain("july.exe");
});

const COLUMNS = [
  { name: "item", type: "text" },
  { name: "euros", type: "number" },
];

test("cells are edited, and rows come and go", async () => {
  const { answers } = ask("edit_table", { columns: COLUMNS, rows: [["pen", 1]] });
  type(await screen.findByLabelText("euros, row 1"), "1,5");
  press("Add a row");
  type(screen.getByLabelText("item, row 2"), "ink");
  press("Remove row 1");
  press("Submit");
  expect(answers).toEqual([[["ink", null]]]);
});

test("what does not fit a column is told before it is sent", async () => {
  const { answers } = ask("edit_table", { columns: COLUMNS, rows: [["pen", 1]], fixed: true });
  type(await screen.findByLabelText("euros, row 1"), "much");
  press("Submit");
  expect(screen.getByRole("alert").textContent).toContain("euros");
  expect(answers).toEqual([]);
});

test("rows are pasted from a spreadsheet", async () => {
  const { answers } = ask("edit_table", { columns: COLUMNS, rows: [["pen", 1]] });
  const cell = await screen.findByLabelText("item, row 1");
  const paste = createEvent.paste(cell, { clipboardData: { getData: () => "nib\t2\ncap\t3\n" } });
  fireEvent(cell, paste);
  press("Submit");
  expect(answers).toEqual([
    [
      ["nib", 2],
      ["cap", 3],
    ],
  ]);
});

test("Enter sends a message, but not one that is being put together or that is empty", () => {
  const { answers } = ask("chat", {}, { label: "" });
  const field = screen.getByRole("textbox", { name: "Message" });
  fireEvent.keyDown(field, { key: "Enter" });
  type(field, "hello");
  fireEvent.keyDown(field, { key: "Enter", shiftKey: true });
  fireEvent.keyDown(field, { key: "Enter", isComposing: true });
  expect(answers).toEqual([]);
  fireEvent.keyDown(field, { key: "Enter" });
  expect(answers).toEqual(["hello"]);
});

test("a form is sent at once, with its own words beside each field", async () => {
  const fields = [
    { input: "f1", name: "street", kind: "text", label: "Street" },
    { input: "f2", name: "express", kind: "confirm", label: "Express?", spec: { default: false } },
  ];
  const { answers } = ask("form", { fields });
  press("Submit");
  const street = screen.getByLabelText(/Street/);
  expect(screen.getByRole("alert").textContent).toContain("answer");
  await waitFor(() => expect(document.activeElement).toBe(street));
  type(street, "Rua Augusta");
  fireEvent.click(screen.getByLabelText("Express?"));
  press("Submit");
  expect(answers).toEqual([{ f1: "Rua Augusta", f2: true }]);
});

test("a kind that is not known takes JSON", () => {
  const { answers } = ask("hologram", {});
  type(screen.getByLabelText("The question", FIELD), '{"a": 1}');
  press("Answer");
  expect(answers).toEqual([{ a: 1 }]);
});
