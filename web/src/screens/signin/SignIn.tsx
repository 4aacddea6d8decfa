import { useSearch } from "@tanstack/react-router";
import { localPath } from "./arrivals";
import { useEnter } from "./session";
import { Ways } from "./Ways";

/** The way in, and on to what was asked for. */
export function SignIn() {
  const { next } = useSearch({ from: "/sign-in" });
  const enter = useEnter();
  const target = localPath(next);
  return <Ways entered={() => enter(target)} departure={{ aim: "sign-in", next: target }} />;
}
