import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { DocumentStore } from "../document/store";
import { CodeBox } from "./CodeBox";
import { Stage } from "./stage";

afterEach(cleanup);

const text = Array.from({ length: 4000 }, (_, at) => `line ${String(at + 1)}`).join("\n");

function show(source: DocumentStore) {
  return render(
    <Stage source={source}>
      <CodeBox text={text} language={null} />
    </Stage>,
  );
}

test("a long text folds on the screen, is copied whole, and stays open while it is out of sight", async () => {
  const copied = vi.spyOn(navigator.clipboard, "writeText");
  const source = new DocumentStore();
  const { unmount } = show(source);
  const begins = () => screen.getByRole("figure").querySelector("code")?.firstChild?.textContent ?? "";
  expect(begins().endsWith("line 60\n")).toBe(true);
  expect(screen.getByRole("figure").querySelector("code")?.textContent).toBe(text); // paper shows all
  await act(async () => void fireEvent.click(screen.getByRole("button", { name: "Copy" })));
  expect(copied).toHaveBeenCalledWith(text);
  fireEvent.click(screen.getByRole("button", { name: "Show all 4,000 lines" }));
  expect(begins().endsWith("line 200\n")).toBe(true);
  unmount();
  show(source);
  fireEvent.click(screen.getByRole("button", { name: "Show less" }));
  expect(begins().endsWith("line 60\n")).toBe(true);
});
