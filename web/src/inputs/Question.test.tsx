import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Problem } from "../api/call";
import { ask, FIELD } from "./stage";

afterEach(cleanup);

const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));
const type = (value: string) => fireEvent.change(screen.getByLabelText("The question", FIELD), { target: { value } });

const painted = () => act(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));

test("an answer that takes a moment is shown as if it had come, and sent once", async () => {
  const answer = vi.fn(() => new Promise<void>(() => undefined));
  ask("text", {}, { act: { answer } });
  type("Ada");
  const form = screen.getByRole("form");
  fireEvent.submit(form);
  fireEvent.submit(form);
  expect(answer).toHaveBeenCalledTimes(1);
  expect(screen.getByRole("form")).toBe(form); // mostly the stream is faster than that moment
  expect(await screen.findByText("Ada")).toBeDefined();
  expect(screen.queryByRole("form")).toBeNull();
});

test("a refused answer is there again, with why, and the keyboard at it", async () => {
  const refuse = () => Promise.reject(new Problem({ status: 422, detail: "No.", errors: { "": "Not that one." } }));
  ask("text", {}, { act: { answer: refuse } });
  type("Bob");
  press("Answer");
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toBe("Not that one.");
  const field = screen.getByLabelText("The question", FIELD);
  expect(field).toHaveProperty("value", "Bob");
  expect(field.getAttribute("aria-describedby")).toBe(alert.id);
  await waitFor(() => expect(document.activeElement).toBe(field));
});

test("a lost connection keeps what was typed", async () => {
  const lose = () => Promise.reject(new Problem({ code: "unreachable", detail: "The server can't be reached." }));
  ask("text", {}, { act: { answer: lose } });
  type("Ada");
  press("Answer");
  expect((await screen.findByRole("alert")).textContent).toContain("reached");
  expect(screen.getByLabelText("The question", FIELD)).toHaveProperty("value", "Ada");
});

test("a docked question is there once; its place points to it", () => {
  const { answers } = ask("text", {}, { docked: true });
  expect(screen.getAllByLabelText("The question", FIELD)).toHaveLength(1);
  (document.activeElement as HTMLElement).blur();
  press("The question Answer below");
  expect(document.activeElement).toBe(screen.getByLabelText("The question", FIELD));
  type("Ada");
  press("Answer");
  expect(answers).toEqual(["Ada"]);
});

test("a docked question takes the keyboard", async () => {
  ask("text", {}, { docked: true });
  await painted();
  expect(document.activeElement).toBe(screen.getByLabelText("The question", FIELD));
});

test("nobody is torn out of a field", async () => {
  const elsewhere = document.body.appendChild(document.createElement("input"));
  elsewhere.focus();
  ask("text", {}, { docked: true });
  await painted();
  expect(document.activeElement).toBe(elsewhere);
  elsewhere.remove();
});

test("an optional question is skipped", () => {
  const { answers } = ask("text", { optional: true });
  press("Skip");
  expect(answers).toEqual([null]);
});

test("who may only look is told so", () => {
  ask("text", {}, { act: { mayAnswer: () => false } });
  expect(screen.queryByRole("textbox")).toBeNull();
  expect(screen.getByText(/read along/)).toBeDefined();
});

test("an answer is shown with who gave it, and the way back", () => {
  const branch = vi.fn(() => Promise.resolve());
  const { tell } = ask("upload", {}, { act: { branch }, by: { id: "u1", name: "Ada" }, at: new Date().toISOString() });
  act(() => tell({ state: "submitted", value: [{ sha256: "a1", name: "july.csv", type: "text/csv", size_bytes: 1 }] }));
  expect(screen.getByRole("link", { name: /july.csv/ }).getAttribute("href")).toBe("/files/a1");
  expect(screen.getByText(/Ada/)).toBeDefined();
  press("Branch from here");
  expect(branch).toHaveBeenCalledWith(7);
});

test("a secret answer is dots", () => {
  ask("text", { secret: true }, { state: "submitted", value: null, secret: true });
  expect(screen.getByRole("img", { name: /Secret/ }).textContent).toBe("••••••");
});

test("a question that was taken back says so", () => {
  ask("text", {}, { state: "withdrawn" });
  expect(screen.getByText("No longer asked: The question")).toBeDefined();
});

test("whom a question is for is said", () => {
  ask("confirm", {}, { audience: "admin" });
  expect(screen.getByText("For admins")).toBeDefined();
});
