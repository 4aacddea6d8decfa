import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, given, Problem } from "../api/call";
import { queries } from "../api/queries";
import { words } from "../texts/signin";
import { ProofDialog } from "./ProofDialog";

let fresh = false;
let proofs = 0;

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

function answer(request: Request): Response {
  const { pathname } = new URL(request.url);
  if (pathname === "/api/v1/auth/me") return json(200, { has_password: true });
  if (pathname === "/api/v1/auth/factors") return json(200, { totp: false, passkeys: 0, recovery_codes_left: 0 });
  if (pathname === "/api/v1/auth/reauthenticate") {
    proofs += 1;
    fresh = true;
    return json(200, {});
  }
  if (request.method === "GET") return json(200, { items: [] });
  return fresh ? json(200, { ended: 1 }) : json(401, { status: 401, code: "insufficient_user_authentication" });
}

const endOthers = () => given(api.DELETE("/api/v1/auth/sessions", { params: { query: { others: true } } }));

beforeEach(() => {
  fresh = false;
  proofs = 0;
  vi.stubGlobal("fetch", (request: Request) => Promise.resolve(answer(request)));
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <ProofDialog />
      </QueryClientProvider>
    </MantineProvider>,
  );
});

afterEach(() => {
  cleanup();
  queries.clear();
  vi.unstubAllGlobals();
});

test("one proof answers all that wait for it", async () => {
  const waiting = [endOthers(), endOthers()];
  fireEvent.change(await screen.findByLabelText(words.password), { target: { value: "a long sentence" } });
  fireEvent.click(screen.getByRole("button", { name: words.confirm }));
  expect(await Promise.all(waiting)).toEqual([{ ended: 1 }, { ended: 1 }]);
  expect(proofs).toBe(1);
});

test("without a proof the call fails as the server said", async () => {
  const waiting = endOthers().catch((error: unknown) => error);
  fireEvent.click(await screen.findByRole("button", { name: words.cancel }));
  const refused = await waiting;
  expect(refused).toBeInstanceOf(Problem);
  expect(refused).toMatchObject({ code: "insufficient_user_authentication" });
  expect(proofs).toBe(0);
});
