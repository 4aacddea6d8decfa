import { describe, expect, it } from "vitest";
import { codeOf, Cutter, parts } from "./parts";

const joined = (text: string): string => parts(text).join("");

describe("parts", () => {
  it("cuts between paragraphs and loses nothing", () => {
    const text = "One.\n\nTwo\nlines.\n\n\n# Three\nand more\n";
    expect(parts(text)).toEqual(["One.\n\n", "Two\nlines.\n\n\n", "# Three\nand more\n"]);
    expect(joined(text)).toBe(text);
    expect(parts("")).toEqual([]);
  });

  it("keeps a fence whole, whatever is in it, and by itself", () => {
    const text = "Before\n```py\na\n\n\n# no heading\n\n- no list\n```\nAfter";
    expect(parts(text)).toEqual(["Before\n", "```py\na\n\n\n# no heading\n\n- no list\n```\n", "After"]);
    expect(parts("~~~\n```\n\n~~~~\nx")).toEqual(["~~~\n```\n\n~~~~\n", "x"]);
  });

  it("keeps lists with their loose items, code and paragraphs whole", () => {
    const text = "- one\n\n- two\n\n  more of two\n\n  ```\n  code\n\n  ```\n\n- three\n\nAfter";
    expect(parts(text)).toEqual([text.slice(0, -5), "After"]);
  });

  it("keeps tables, quotes, maths, comments and indented code whole", () => {
    expect(parts("| a |\n| - |\n| 1 |\n\nx")).toEqual(["| a |\n| - |\n| 1 |\n\n", "x"]);
    expect(parts("> a\n>\n> b\n\nx")).toHaveLength(2);
    expect(parts("$$\na\n\nb\n$$\n\nx")).toEqual(["$$\na\n\nb\n$$\n\n", "x"]);
    expect(parts("<!-- a\n\nb -->\n\nx")).toEqual(["<!-- a\n\nb -->\n\n", "x"]);
    expect(parts("a\n\n    code\n\n    code\n\nx")).toEqual(["a\n\n    code\n\n    code\n\n", "x"]);
  });

  it("cuts a text without an empty line at white space", () => {
    const text = "word ".repeat(200_000);
    const cut = parts(text);
    expect(cut.join("")).toBe(text);
    expect(Math.max(...cut.map((part) => part.length))).toBeLessThanOrEqual(8000);
    expect(cut.every((part) => part.endsWith(" "))).toBe(true);
    expect(joined("x".repeat(100_000))).toBe("x".repeat(100_000));
  });

  it("never cuts a character in two", () => {
    expect(parts("a" + "😀".repeat(9000)).every((part) => !/^[\udc00-\udfff]|[\ud800-\udbff]$/.test(part))).toBe(true);
  });

  it("goes on with a fence and with the head of a table where it has to cut them", () => {
    const rows = "| 1 | 2 |\n".repeat(4000);
    const tables = parts(`| a | b |\n| - | - |\n${rows}`);
    expect(tables.length).toBeGreaterThan(2);
    expect(tables.every((part) => part.startsWith("| a | b |\n| - | - |\n"))).toBe(true);
    const fences = parts(`\`\`\`py\n${"x = 1\n".repeat(100_000)}\`\`\`\n`);
    expect(fences.length).toBeGreaterThan(2);
    expect(fences.every((part) => part.startsWith("```py\n"))).toBe(true);
  });

  it("brings definitions of links to where they are used", () => {
    const [first, second] = parts(
      "See [the plan][p] and [^1].\n\nNothing here.\n\n[p]: https://example.com\n\n[^1]: Noted.",
    );
    expect(first).toContain("[p]: https://example.com");
    expect(first).toContain("[^1]: Noted.");
    expect(second).toBe("Nothing here.\n\n");
  });
});

describe("a text that grows", () => {
  const TEXT =
    "# A\n\nPara *one*\n- x\n- y\n\n  z\n\n1. a\n\n2. b\n\n12 apples\n\n```js\nlet a;\n\nlet b;\n```\ntail [l]\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n" +
    "<!-- c\n\nd -->\n\n$$\nx\n$$\n\n> q\n\n[l]: https://example.com\n\nword ".concat(
      "and more ".repeat(2000),
      "\n\nend",
    );

  it("is cut as if it had come at once, however it comes", () => {
    for (const step of [1, 3, 7, 50, 1000]) {
      const cutter = new Cutter();
      for (let end = step; end < TEXT.length + step; end += step) {
        const text = TEXT.slice(0, end);
        const now = cutter.cut(text).flatMap((group) => [...group.parts]);
        if (step > 1 || end % 97 === 0) expect(now).toEqual(parts(text));
      }
    }
  });

  it("keeps what is finished as it is", () => {
    const cutter = new Cutter();
    const text = "A paragraph of some words.\n\n".repeat(2000);
    const before = cutter.cut(text);
    const after = cutter.cut(`${text}And one more`);
    expect(after.length).toBeGreaterThan(3);
    expect(after.slice(0, -2).every((group, at) => group === before[at])).toBe(true);
  });

  it("is cut anew when it is another text", () => {
    const cutter = new Cutter();
    cutter.cut("One\n\nTwo\n\nThree");
    expect(cutter.cut("Other")).toEqual([{ parts: ["Other"] }]);
  });
});

describe("codeOf", () => {
  it("reads a fence, closed or not", () => {
    expect(codeOf("```py\na = 1\n\n```\n\n")).toEqual({ language: "py", text: "a = 1\n" });
    expect(codeOf("```\nhalf")).toEqual({ language: null, text: "half" });
    expect(codeOf("~~~ js title\nx\n~~~")).toEqual({ language: "js", text: "x" });
    expect(codeOf("no ```code```")).toBeNull();
    expect(codeOf("```not` a fence")).toBeNull();
  });
});
