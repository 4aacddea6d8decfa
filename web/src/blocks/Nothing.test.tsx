import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { DocumentStore } from "../document/store";
import type { Document } from "../document/wire";
import { Nothing } from "./Nothing";
import { Stage } from "./stage";

afterEach(cleanup);

function said(document: Document): string | null {
  const source = new DocumentStore();
  source.load(document);
  const { container } = render(
    <Stage source={source}>
      <Nothing />
    </Stage>,
  );
  return container.querySelector("p")?.textContent ?? null;
}

test("an empty document says so, as long as no result says more", () => {
  expect(said({ state: "running" })).toBe("Nothing written yet");
  expect(said({ state: "completed" })).toBe("It wrote nothing.");
  expect(said({ state: "failed", failure_code: "x", failure_message: "No." })).toBe("It wrote nothing.");
  expect(said({ state: "completed", result: 0 })).toBeNull();
});
