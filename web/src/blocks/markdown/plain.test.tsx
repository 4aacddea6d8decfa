import { cleanup, render } from "@testing-library/react";
import { MantineProvider } from "@mantine/core";
import { afterEach, expect, test } from "vitest";
import { paragraphs } from "./plain";
import { Rich } from "./Rich";

afterEach(cleanup);

const shown = (text: string) => {
  const { container } = render(
    <MantineProvider env="test">
      <div data-testid="text">
        <Rich text={text} prefix="p" />
      </div>
    </MantineProvider>,
  );
  const found = container.querySelector("[data-testid=text]");
  return [...(found?.childNodes ?? [])].filter((node) => node.nodeName !== "#text");
};

const WORDS = [
  "so",
  "a b",
  "3",
  "3.",
  "2)",
  "-",
  "--",
  "=",
  "===",
  "+",
  ":-",
  "#",
  "# so",
  "5 > 3",
  "a:b",
  "é",
  "\u00a0",
  "(so)",
];
const MARKS = [
  "*so*",
  "_a_",
  "`c`",
  "~~d~~",
  "[x]",
  "![y]",
  "<b>",
  "&amp;",
  "|",
  "$x$",
  "a@b.de",
  "www.b.de",
  "HTTP://b.de",
  "\\-",
];
const GAPS = [" ", "\n", "\n\n", "\n\n\n"];
const ODD_GAPS = ["\n    ", "  \n", "\t", "\n ", "\r\n", "\n-\n"];

/** Always the same sequence, so that what failed once fails again. */
function* picks(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1103515245 + 12345) % 2147483648;
    yield state / 2147483648;
  }
}

test("plain text is what reading it as Markdown would give", () => {
  const random = picks(7);
  const one = <T,>(of: readonly T[]) => of[Math.floor(random.next().value * of.length)] as T;
  const rare = () => random.next().value < 0.06;
  let plain = 0;
  for (let round = 0; round < 1500; round += 1) {
    const length = 1 + Math.floor(random.next().value * 5);
    const text = Array.from({ length }, () => one(rare() ? MARKS : WORDS) + one(rare() ? ODD_GAPS : GAPS)).join("");
    const found = paragraphs(text);
    if (found === null) continue;
    plain += 1;
    const read = shown(text);
    expect(
      read.map((node) => [node.nodeName, node.childNodes.length]),
      text,
    ).toEqual(found.map(() => ["P", 1]));
    expect(
      read.map((node) => node.textContent),
      text,
    ).toEqual(found);
    cleanup();
  }
  expect(plain).toBeGreaterThan(100);
});

test("a text with a mark in it is none", () => {
  const texts = [...MARKS, "1. one", "- one", "# one", "a\n===", "a  \nb", "    code", "> so", "a\u0000"];
  expect(texts.filter((text) => paragraphs(text) !== null)).toEqual([]);
  expect(paragraphs("The first block is here.")).toEqual(["The first block is here."]);
  expect(paragraphs("One.\n\nTwo,\nthree: 4 (5)!")).toEqual(["One.", "Two,\nthree: 4 (5)!"]);
});
