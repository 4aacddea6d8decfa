import { describe, expect, it } from "vitest";
import { asked, auditSearch } from "./auditSearch";

describe("the address of an audit list", () => {
  it("keeps what makes sense alone", () =>
    expect(
      auditSearch({ actor: "a", verb: "", result: "maybe", from: "2026-11-01", to: "yesterday", more: 1 }),
    ).toEqual({ actor: "a", from: "2026-11-01" }));

  it("includes the last day as a whole", () => {
    const { from = "", to = "" } = asked({ from: "2026-02-28", to: "2026-02-28" });
    expect(new Date(from)).toEqual(new Date(2026, 1, 28));
    expect(new Date(to)).toEqual(new Date(2026, 2, 1));
  });

  it("asks for no bound that is not given", () => expect(asked({ verb: "member.*" })).toEqual({ verb: "member.*" }));
});
