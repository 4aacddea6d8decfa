// Every address and the screen that it shows. Screens are loaded when they are first opened.
import { createRootRoute, createRoute, createRouter, notFound, Outlet, redirect } from "@tanstack/react-router";
import { Problem } from "./api/call";
import { chosen } from "./api/here";
import { me, queries, workspaces } from "./api/queries";
import { Failed } from "./screens/errors/Failed";
import { NotFound } from "./screens/errors/NotFound";
import { auditSearch } from "./screens/settings/auditSearch";
import { sessionDetail } from "./screens/session/queries";
import { sessionsSearch } from "./screens/sessions/search";
import { brings } from "./screens/signin/arrivals";
import { screen } from "./lately";
import { Frame } from "./ui/Frame";
import { PendingScreen } from "./ui/PendingScreen";

const root = createRootRoute({
  component: Outlet,
  beforeLoad: ({ location }) => {
    // What a mailed link holds stands behind `#`, which no server sees; it leaves the address at once.
    if (brings(location.hash))
      throw redirect({ to: "/arrive", hash: "", state: { brought: location.hash }, replace: true });
  },
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (given): { next?: string } => (typeof given.next === "string" ? { next: given.next } : {}),
  component: screen(() => import("./screens/signin/SignIn"), "SignIn"),
});

const arrive = createRoute({
  getParentRoute: () => root,
  path: "/arrive",
  component: screen(() => import("./screens/signin/Arrive"), "Arrive"),
});

const providerReturn = createRoute({
  getParentRoute: () => root,
  path: "/oidc/$provider",
  component: screen(() => import("./screens/signin/ProviderReturn"), "ProviderReturn"),
});

const gallery = createRoute({
  getParentRoute: () => root,
  path: "/dev/blocks",
  component: screen(() => import("./screens/gallery/Gallery"), "Gallery"),
});

/** Everything that only who is signed in sees. */
const frame = createRoute({
  getParentRoute: () => root,
  id: "frame",
  component: Frame,
  loader: async ({ location }) => {
    try {
      await Promise.all([queries.ensureQueryData(me), queries.ensureQueryData(workspaces)]);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { next: location.href } });
    }
  },
});

const index = createRoute({
  getParentRoute: () => frame,
  path: "/",
  loader: async () => {
    const [user, all] = await Promise.all([queries.ensureQueryData(me), queries.ensureQueryData(workspaces)]);
    const here = chosen(all, undefined, user.active_workspace_id);
    if (here === null) throw redirect({ to: "/account", replace: true });
    throw redirect({ to: "/w/$workspace", params: { workspace: here.slug }, replace: true });
  },
});

const workspace = createRoute({
  getParentRoute: () => frame,
  path: "/w/$workspace",
  loader: async ({ params }) => {
    if (chosen(await queries.ensureQueryData(workspaces), params.workspace, null) === null) throw notFound();
  },
});

const home = createRoute({
  getParentRoute: () => workspace,
  path: "/",
  component: screen(() => import("./screens/home/Home"), "Home"),
});

const start = createRoute({
  getParentRoute: () => workspace,
  path: "/start/$app",
  component: screen(() => import("./screens/start/Start"), "Start"),
});

const sessions = createRoute({
  getParentRoute: () => workspace,
  path: "/sessions",
  validateSearch: sessionsSearch,
  component: screen(() => import("./screens/sessions/Sessions"), "Sessions"),
});

const session = createRoute({
  getParentRoute: () => workspace,
  path: "/sessions/$session",
  // The session is asked for while its screen is being loaded, but not by a pointer that passes over a link.
  loader: async ({ params, preload }) => {
    const here = chosen(await queries.ensureQueryData(workspaces), params.workspace, null);
    if (here !== null && !preload) void queries.prefetchQuery(sessionDetail(here.id, params.session));
  },
  component: screen(() => import("./screens/session/Session"), "Session"),
});

const files = createRoute({
  getParentRoute: () => workspace,
  path: "/files",
  component: screen(() => import("./screens/files/Files"), "Files"),
});

const people = createRoute({
  getParentRoute: () => workspace,
  path: "/people",
  validateSearch: (given): { tab?: "invites" } => (given.tab === "invites" ? { tab: "invites" } : {}),
  component: screen(() => import("./screens/people/People"), "People"),
});

const settings = createRoute({
  getParentRoute: () => workspace,
  path: "/settings",
  component: screen(() => import("./screens/settings/Settings"), "Settings"),
});

const general = createRoute({
  getParentRoute: () => settings,
  path: "/",
  component: screen(() => import("./screens/settings/General"), "General"),
});

const license = createRoute({
  getParentRoute: () => settings,
  path: "/license",
  component: screen(() => import("./screens/settings/License"), "License"),
});

const audit = createRoute({
  getParentRoute: () => settings,
  path: "/audit",
  validateSearch: auditSearch,
  component: screen(() => import("./screens/settings/Audit"), "Audit"),
});

const deliveries = createRoute({
  getParentRoute: () => settings,
  path: "/deliveries",
  component: screen(() => import("./screens/settings/Deliveries"), "Deliveries"),
});

const mails = createRoute({
  getParentRoute: () => settings,
  path: "/mails",
  component: screen(() => import("./screens/settings/Mails"), "Mails"),
});

const account = createRoute({
  getParentRoute: () => frame,
  path: "/account",
  component: screen(() => import("./screens/account/Account"), "Account"),
});

const profile = createRoute({
  getParentRoute: () => account,
  path: "/",
  component: screen(() => import("./screens/account/Profile"), "Profile"),
});

const devices = createRoute({
  getParentRoute: () => account,
  path: "/devices",
  component: screen(() => import("./screens/account/Devices"), "Devices"),
});

const security = createRoute({
  getParentRoute: () => account,
  path: "/security",
  component: screen(() => import("./screens/account/Security"), "Security"),
});

const tokens = createRoute({
  getParentRoute: () => account,
  path: "/tokens",
  component: screen(() => import("./screens/account/Tokens"), "Tokens"),
});

const tree = root.addChildren([
  signIn,
  arrive,
  providerReturn,
  gallery,
  frame.addChildren([
    index,
    workspace.addChildren([
      home,
      start,
      sessions,
      session,
      files,
      people,
      settings.addChildren([general, license, audit, deliveries, mails]),
    ]),
    account.addChildren([profile, devices, security, tokens]),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0, // what was asked is kept by the queries
  defaultErrorComponent: Failed,
  defaultNotFoundComponent: NotFound,
  defaultPendingComponent: PendingScreen,
  defaultPendingMs: 400,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** What a link brought: `invite=…`. */
    brought?: string;
  }
}
