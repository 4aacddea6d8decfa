// What is done with a member: each asks first where it can't be taken back at once, and tells how it went.
import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, given, Problem } from "../../api/call";
import { useMe, useWorkspace } from "../../api/here";
import { me as whoIsMe, workspaces } from "../../api/queries";
import { words } from "../../texts/people";
import { modals } from "../../ui/modals";
import { askPeople, removeMember, setRole, type Member } from "./queries";
import { reaches, type Role } from "./roles";

interface Asking {
  title: string;
  text: string;
  confirm: string;
  danger?: boolean;
  then: () => void;
}

/** Ask before something is done. */
export function ask({ title, text, confirm, danger, then }: Asking): void {
  modals.openConfirmModal({
    title,
    centered: true,
    children: <Text size="sm">{text}</Text>,
    labels: { confirm, cancel: words.cancel },
    confirmProps: danger ? { color: "red" } : {},
    onConfirm: then,
  });
}

/** Tell that something went wrong. */
export function tellProblem(problem: unknown, name?: string): void {
  const meanwhile = problem instanceof Problem && problem.status === 412 && name !== undefined;
  const message = problem instanceof Error ? problem.message : String(problem);
  notifications.show({
    color: "red",
    title: words.notChanged,
    message: meanwhile ? words.changedMeanwhile(name) : message,
  });
}

const told = (message: string) => notifications.show({ message });

/** Go out of a workspace that is the caller's no longer, before the screens of it notice. */
export function useGoingOut() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const here = useWorkspace();
  return async () => {
    const next = client.getQueryData(workspaces.queryKey)?.find((one) => one.id !== here.id);
    if (next) await navigate({ to: "/w/$workspace", params: { workspace: next.slug } });
    else await navigate({ to: "/account" });
    client.setQueryData(workspaces.queryKey, (all) => all?.filter((one) => one.id !== here.id));
    client.removeQueries({ queryKey: ["workspace", here.id] });
    await Promise.all([workspaces, whoIsMe].map(({ queryKey }) => client.invalidateQueries({ queryKey })));
  };
}

/** What the caller can do with the members of the workspace they are in. */
export function useMemberActions() {
  const client = useQueryClient();
  const here = useWorkspace();
  const me = useMe();
  const goOut = useGoingOut();

  const askAgain = () => askPeople(client, here.id);
  const askWhoIAm = () => client.invalidateQueries({ queryKey: workspaces.queryKey });

  const change = useMutation({
    mutationFn: ({ member, role }: { member: Member; role: Role }) => setRole(here.id, member, role),
    onSuccess: async (now) => {
      told(words.roleChanged(now.name, words.roles[now.role].toLowerCase()));
      if (now.user_id === me.id) await askWhoIAm();
    },
    onError: (problem, { member }) => tellProblem(problem, member.name),
    onSettled: askAgain,
  });

  const remove = useMutation({
    mutationFn: (member: Member) => removeMember(here.id, member),
    onSuccess: (_, member) => told(words.removed(member.name)),
    onError: (problem, member) => tellProblem(problem, member.name),
    onSettled: askAgain,
  });

  const transfer = useMutation({
    mutationFn: (member: Member) =>
      given(
        api.POST("/api/v1/workspaces/{workspace_id}/transfer", {
          params: { path: { workspace_id: here.id } },
          body: { user_id: member.user_id },
        }),
      ),
    onSuccess: async (heir) => {
      told(words.transferred(heir.name));
      await askWhoIAm();
    },
    onError: (problem) => tellProblem(problem),
    onSettled: askAgain,
  });

  const leave = useMutation({
    mutationFn: () =>
      given(api.POST("/api/v1/workspaces/{workspace_id}/leave", { params: { path: { workspace_id: here.id } } })),
    onSuccess: async () => {
      await goOut();
      told(words.left(here.name));
    },
    onError: (problem) =>
      tellProblem(
        problem instanceof Problem && problem.code === "workspace.last_owner" ? new Error(words.lastOwner) : problem,
      ),
  });

  return {
    changing: change.isPending ? change.variables : null,
    change: (member: Member, role: Role) => {
      const then = () => change.mutate({ member, role });
      const { name } = member;
      const roleName = words.roles[role].toLowerCase();
      if (member.user_id === me.id && !reaches(role, member.role))
        ask({ title: words.lowerSelfTitle(roleName), text: words.lowerSelfText, confirm: words.lowerSelfDo, then });
      else if (role === "owner")
        ask({ title: words.giveOwnerTitle(name), text: words.giveOwnerText(name), confirm: words.giveOwnerDo, then });
      else then();
    },
    remove: (member: Member) =>
      ask({
        title: words.removeTitle(member.name),
        text: words.removeText(member.name, here.name),
        confirm: words.removeDo,
        danger: true,
        then: () => remove.mutate(member),
      }),
    transfer: (member: Member) =>
      ask({
        title: words.transferTitle(member.name),
        text: words.transferText(member.name),
        confirm: words.transferDo,
        then: () => transfer.mutate(member),
      }),
    leave: () =>
      ask({
        title: words.leaveTitle(here.name),
        text: words.leaveText,
        confirm: words.leaveDo,
        danger: true,
        then: () => leave.mutate(),
      }),
  };
}
