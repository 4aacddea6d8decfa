import { useSuspenseQuery } from "@tanstack/react-query";
import { workspaces } from "../../api/queries";
import { DeletedWorkspaces } from "../settings/DeletedWorkspaces";
import { About } from "./About";
import { EmailAddress } from "./EmailAddress";
import { Invites } from "./Invites";
import { NoWorkspace } from "./NoWorkspace";

/** Who one is to others, and how one is reached. */
export function Profile() {
  const none = useSuspenseQuery(workspaces).data.length === 0;
  return (
    <>
      <Invites />
      {none && <NoWorkspace />}
      {none && <DeletedWorkspaces />}
      <About />
      <EmailAddress />
    </>
  );
}
