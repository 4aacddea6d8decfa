// The form of a workspace's settings: what it begins with, what it refuses, and how it is saved.
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, given, Problem } from "../../api/call";
import type { Workspace } from "../../api/here";
import { workspaces } from "../../api/queries";
import { words } from "../../texts/settings";
import { tagOf } from "../people/queries";
import { inSeconds, inUnits, numberOf, SLUG, within, type Amount, type Unit } from "./parts";
import { tagged, type Change } from "./queries";

export interface Values {
  name: string;
  slug: string;
  allowInvites: boolean;
  retentionDays: Amount;
  hibernateAfter: Amount;
  hibernateUnit: Unit;
  maxSessions: Amount;
}

const DAY = 86_400;
const BOUNDS = { retention: [1, 36_500], sessions: [1, 10_000] } as const;

/** What the form shows of a workspace. */
export function valuesOf({ name, slug, settings }: Workspace): Values {
  const sleep = settings.hibernate_after_s == null ? null : inUnits(settings.hibernate_after_s);
  return {
    name,
    slug,
    allowInvites: settings.allow_invites !== false,
    retentionDays: settings.retention_days ?? "",
    hibernateAfter: sleep?.amount ?? "",
    hibernateUnit: sleep?.unit ?? "min",
    maxSessions: settings.max_sessions_per_user ?? "",
  };
}

/** What of a form the server is told: all of it, so that nothing in between is half of one and half of another. */
export function changeOf(values: Values): Change {
  return {
    name: values.name.trim(),
    slug: values.slug,
    settings: {
      allow_invites: values.allowInvites,
      retention_days: numberOf(values.retentionDays),
      hibernate_after_s: inSeconds(values.hibernateAfter, values.hibernateUnit),
      max_sessions_per_user: numberOf(values.maxSessions),
    },
  };
}

const validate = {
  name: (name: string) => (!name.trim() ? words.nameMissing : name.trim().length > 100 ? words.nameLong : null),
  slug: (slug: string) => (SLUG.test(slug) ? null : words.slugWrong),
  retentionDays: (days: Amount) => (within(days, ...BOUNDS.retention) ? null : words.wholeBetween(...BOUNDS.retention)),
  maxSessions: (many: Amount) => (within(many, ...BOUNDS.sessions) ? null : words.wholeBetween(...BOUNDS.sessions)),
  hibernateAfter: (amount: Amount, { hibernateUnit }: Values) =>
    within(inSeconds(amount, hibernateUnit) ?? "", 1, DAY) ? null : words.hibernateWrong,
};

/** The form and its ways to the server. */
export function useSettings(present: { workspace: Workspace; tag: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { id } = present.workspace;
  const form = useForm<Values>({ initialValues: valuesOf(present.workspace), validate });

  const keep = async (workspace: Workspace, tag: string) => {
    form.setInitialValues(valuesOf(workspace));
    form.setValues(valuesOf(workspace));
    client.setQueryData(tagged(id).queryKey, { workspace, tag });
    // By its id a workspace is found whatever its address is; so no screen loses it while that changes.
    const moved = workspace.slug !== present.workspace.slug;
    if (moved) await goTo(id);
    client.setQueryData(workspaces.queryKey, (all) => all?.map((one) => (one.id === id ? workspace : one)));
    if (moved) await goTo(workspace.slug);
  };
  const goTo = (workspace: string) =>
    navigate({ to: "/w/$workspace/settings", params: { workspace }, replace: true, ignoreBlocker: true });

  const save = useMutation({
    mutationFn: async ({ values, tag }: { values: Values; tag: string }) => {
      const call = api.PATCH("/api/v1/workspaces/{workspace_id}", {
        params: { path: { workspace_id: id }, header: { "if-match": tag } },
        body: changeOf(values),
      });
      return { workspace: await given(call), tag: await tagOf(call) };
    },
    onSuccess: async ({ workspace, tag }) => {
      await keep(workspace, tag);
      notifications.show({ message: words.saved });
      await client.invalidateQueries({ queryKey: ["workspace", id, "audit"] });
    },
    onError: (problem) => {
      if (problem instanceof Problem && problem.code === "workspace.slug_taken")
        form.setFieldError("slug", words.slugTaken);
    },
  });
  const isConflict = save.error instanceof Problem && save.error.status === 412;
  const isSlugTaken = save.error instanceof Problem && save.error.code === "workspace.slug_taken";

  return {
    form,
    save,
    conflict: isConflict,
    problem: isConflict || isSlugTaken ? null : save.error,
    submit: form.onSubmit((values) => save.mutate({ values, tag: present.tag })),
    discard: () => {
      form.reset();
      save.reset();
    },
    /** Show what is there now, and forget what was typed. */
    seeTheirs: async () => {
      save.reset();
      const { workspace, tag } = await client.fetchQuery({ ...tagged(id), staleTime: 0 });
      await keep(workspace, tag);
    },
    /** Save what was typed over what is there now. */
    saveMine: async () => {
      const { tag } = await client.fetchQuery({ ...tagged(id), staleTime: 0 });
      save.mutate({ values: form.getValues(), tag });
    },
  };
}
