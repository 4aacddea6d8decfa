import { expect, it } from "vitest";
import { safeLink, safePicture } from "./addresses";

it.each(["https://example.com/a?b#c", "http://example.com/", "mailto:ada@example.com", "HTTPS://example.com/"])(
  "lets %j lead to the web",
  (address) => expect(safeLink(address)).not.toBeNull(),
);

it.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  " javascript:alert(1)",
  "java\nscript:alert(1)",
  "\u0001javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:x",
  "file:///etc/passwd",
  "blob:https://example.com/1",
  "//example.com",
  "/api/v1/me",
  "relative",
  "",
])("lets %j lead nowhere", (address) => expect(safeLink(address)).toBeNull());

it("shows pictures only that are in the text", () => {
  expect(safePicture("data:image/png;base64,AAAA")).toBe("data:image/png;base64,AAAA");
  expect(safePicture("https://example.com/a.png")).toBeNull();
  expect(safePicture("data:text/html,x")).toBeNull();
});
