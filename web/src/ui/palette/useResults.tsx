import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowRight, IconLogout, IconMessages, IconPalette, IconPlus, IconUserCircle } from "@tabler/icons-react";
import { useMantineColorScheme } from "@mantine/core";
import { keepPreviousData, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { apps as appsOf, workspaces } from "../../api/queries";
import { members as membersOf } from "../../screens/session/queries";
import { words } from "../../texts/frame";
import { recent, sessionsWith } from "../frame/asked";
import { PLACES, type PlaceName } from "../frame/places";
import { THEMES, useSignOut } from "../frame/own";
import { useCreateWorkspace, useOpenWorkspace } from "../frame/workspaces";
import { Person } from "../Person";
import { StateBadge } from "../StateBadge";
import { AppIcon } from "../AppIcon";
import { fitting } from "./match";
import { useNearestWorkspace } from "../frame/useNearest";

/** Something that can be chosen. */
export interface Result {
  id: string;
  name: string;
  hint?: string;
  sign?: ReactNode;
  end?: ReactNode;
  run: () => void;
}

export interface Results {
  groups: readonly { name: string; results: readonly Result[] }[];
  searching: boolean;
}

const DELAY = 150;

/** What fits what is typed: apps, sessions (the server looks), people, places and actions. */
export function useResults(typed: string, only: boolean): Results {
  const apps = useApps(typed, only ? 50 : 6);
  const sessions = useSessions(typed, !only);
  const people = usePeople(typed, !only);
  const places = usePlaces(typed);
  const actions = useActions(typed);
  const { palette } = words;
  if (only) return { groups: [{ name: palette.apps, results: apps }], searching: false };
  const groups = [
    { name: palette.sessions, results: sessions.results },
    { name: palette.apps, results: apps },
    { name: palette.people, results: people },
    { name: palette.places, results: places },
    { name: palette.actions, results: actions },
  ];
  return { groups: groups.filter(({ results }) => results.length > 0), searching: sessions.searching };
}

function useApps(typed: string, limit: number): Result[] {
  const workspace = useNearestWorkspace();
  const navigate = useNavigate();
  const { data } = useQuery({ ...appsOf(workspace?.id ?? ""), enabled: workspace !== null });
  const startable = workspace?.role === "viewer" ? [] : (data?.items ?? []).filter((app) => !app.error);
  return fitting(startable, typed, (app) => `${app.title} ${app.doc ?? ""}`, limit).map((app) => ({
    id: `app:${app.id}`,
    name: app.title,
    sign: <AppIcon icon={app.icon} size={18} />,
    run: () =>
      void navigate({ to: "/w/$workspace/start/$app", params: { workspace: workspace?.slug ?? "", app: app.id } }),
  }));
}

function useSessions(typed: string, enabled: boolean): { results: Result[]; searching: boolean } {
  const workspace = useNearestWorkspace();
  const navigate = useNavigate();
  const text = typed.trim();
  const [asked] = useDebouncedValue(text, DELAY);
  const id = workspace?.id ?? "";
  const { data, isFetching } = useQuery({
    ...(asked ? sessionsWith(id, asked) : recent(id)),
    enabled: enabled && workspace !== null,
    placeholderData: keepPreviousData,
  });
  const results = (data ?? []).slice(0, 6).map((session) => ({
    id: `session:${session.id}`,
    name: session.title || session.app,
    sign: <IconMessages size={18} stroke={1.6} />,
    end: <StateBadge state={session.state} />,
    run: () =>
      void navigate({
        to: "/w/$workspace/sessions/$session",
        params: { workspace: workspace?.slug ?? "", session: session.id },
      }),
  }));
  return { results, searching: isFetching || asked !== text };
}

function usePeople(typed: string, enabled: boolean): Result[] {
  const workspace = useNearestWorkspace();
  const navigate = useNavigate();
  const wanted = enabled && workspace !== null && typed.trim() !== "";
  const { data } = useQuery({ ...membersOf(workspace?.id ?? ""), enabled: wanted });
  if (!wanted) return [];
  return fitting(data ?? [], typed, ({ name, email }) => `${name} ${email}`, 4).map(({ user_id, name, email }) => ({
    id: `person:${user_id}`,
    name,
    hint: email,
    sign: <Person id={user_id} name={name} size={20} />,
    run: () => void navigate({ to: "/w/$workspace/people", params: { workspace: workspace.slug } }),
  }));
}

function usePlaces(typed: string): Result[] {
  const workspace = useNearestWorkspace();
  const navigate = useNavigate();
  const places = (Object.keys(PLACES) as PlaceName[]).map((place): Result => {
    const { name, icon: Sign, to } = PLACES[place];
    const params = { workspace: workspace?.slug ?? "" };
    return { id: to, name, sign: <Sign size={18} stroke={1.6} />, run: () => void navigate({ to, params }) };
  });
  const account = {
    id: "account",
    name: words.account,
    sign: <IconUserCircle size={18} stroke={1.6} />,
    run: () => void navigate({ to: "/account" }),
  };
  return fitting([...(workspace ? places : []), account], typed, ({ name }) => name);
}

function useActions(typed: string): Result[] {
  const here = useNearestWorkspace();
  const { data: all } = useSuspenseQuery(workspaces);
  const { setColorScheme } = useMantineColorScheme();
  const open = useOpenWorkspace();
  const create = useCreateWorkspace();
  const signOut = useSignOut();
  const icon = { size: 18, stroke: 1.6 };
  const actions: Result[] = [
    ...all
      .filter(({ id }) => id !== here?.id)
      .map((one) => ({
        id: `open:${one.id}`,
        name: words.palette.openWorkspace(one.name),
        sign: <IconArrowRight {...icon} />,
        run: () => open(one),
      })),
    { id: "create", name: words.createWorkspace, sign: <IconPlus {...icon} />, run: create },
    ...THEMES.map((theme) => ({
      id: `theme:${theme}`,
      name: words.palette.useTheme(words.themes[theme]),
      sign: <IconPalette {...icon} />,
      run: () => setColorScheme(theme),
    })),
    { id: "leave", name: words.signOut, sign: <IconLogout {...icon} />, run: signOut },
  ];
  return typed.trim() ? fitting(actions, typed, ({ name }) => name) : [];
}
