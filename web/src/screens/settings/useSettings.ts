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

/** What of a form the server is told: what was changed in it alone, so that what others change meanwhile stays. */
export function changeOf(values: Values, before: Values): Change {
  const settings: Change["settings"] = {};
  if (values.allowInvites !== before.allowInvites) settings.allow_invites = values.allowInvites;
  if (values.retentionDays !== before.retentionDays) settings.retention_days = numberOf(values.retentionDays);
  if (sleepOf(values) !== sleepOf(before)) settings.hibernate_after_s = sleepOf(values);
  if (values.maxSessions !== before.maxSessions) settings.max_sessions_per_user = numberOf(values.maxSessions);
  return {
    ...(values.name !== before.name && { name: values.name.trim() }),
    ...(values.slug !== before.slug && { slug: values.slug }),
    ...(Object.keys(settings).length > 0 && { settings }),
  };
}

const sleepOf = ({ hibernateAfter, hibernateUnit }: Values) => inSeconds(hibernateAfter, hibernateUnit);

const validate = {
  name: (name: string) => (!name.trim() ? words.nameMissing : name.trim().length > 100 ? words.nameLong : null),
  slug: (slug: string) => (SLUG.test(slug) ? null : words.slugWrong),
  retentionDays: (days: Amount) => (within(days, ...BOUNDS.retention) ? null : words.wholeBetween(...BOUNDS.retention)),
  maxSessions: (many: Amount) => (within(many, ...BOUNDS.sessions) ? null : words.wholeBetween(...BOUNDS.sessions)),
  hibernateAfter: (amount: Amount, { hibernateUnit }: Values) =>
    within(inSeconds(amount, hibernateUnit) ?? "", 1, DAY) ? null : words.hibernateWrong,
};

/** A workspace and its version. */
export interface Tagged {
  workspace: Workspace;
  tag: string;
}

interface Given {
  /** What the form began with. */
  base: Tagged;
  /** What is there now. */
  present: Tagged;
  /** Begin anew with this. */
  begin: (now: Tagged) => void;
}

/** The form and its ways to the server. */
export function useSettings({ base, present, begin }: Given) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { id } = base.workspace;
  const form = useForm<Values>({ initialValues: valuesOf(base.workspace), validate });
  const dirty = form.isDirty();
  const goTo = (workspace: string) =>
    navigate({ to: "/w/$workspace/settings", params: { workspace }, replace: true, ignoreBlocker: true });

  const save = useMutation({
    mutationFn: async ({ values, tag }: { values: Values; tag: string }): Promise<Tagged> => {
      const call = api.PATCH("/api/v1/workspaces/{workspace_id}", {
        params: { path: { workspace_id: id }, header: { "if-match": tag } },
        body: changeOf(values, valuesOf(base.workspace)),
      });
      return { workspace: await given(call), tag: await tagOf(call) };
    },
    onSuccess: async (now) => {
      client.setQueryData(tagged(id).queryKey, now);
      begin(now);
      client.setQueryData(workspaces.queryKey, (all) => all?.map((one) => (one.id === id ? now.workspace : one)));
      notifications.show({ message: words.saved });
      if (now.workspace.slug !== base.workspace.slug) await goTo(now.workspace.slug);
      await client.invalidateQueries({ queryKey: ["workspace", id, "audit"] });
    },
    onError: (problem) => {
      if (isCode(problem, "workspace.slug_taken")) form.setFieldError("slug", words.slugTaken);
    },
  });

  const changed = present.tag !== base.tag && !save.isPending;
  const refused = save.error instanceof Problem && save.error.status === 412;
  const fresh = () => client.fetchQuery({ ...tagged(id), staleTime: 0 });
  return {
    form,
    dirty,
    saving: save.isPending,
    conflict: dirty && (changed || refused),
    problem: refused || isCode(save.error, "workspace.slug_taken") ? null : save.error,
    submit: form.onSubmit((values) => save.mutate({ values, tag: base.tag })),
    discard: () => {
      save.reset();
      form.reset();
    },
    /** Show what is there now, and forget what was typed. */
    seeTheirs: async () => begin(await fresh()),
    /** Save what was changed here over what is there now. */
    saveMine: async () => {
      const { tag } = await fresh();
      save.mutate({ values: form.getValues(), tag });
    },
  };
}

const isCode = (problem: unknown, code: string) => problem instanceof Problem && problem.code === code;
