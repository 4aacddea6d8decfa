// Runs before the client has come, and has the browser fetch meanwhile what the page is sure to need.

const answers = new Map<string, Promise<Response>>();

function ask(path: string): Promise<Response> {
  const answer = fetch(path);
  answer.catch(() => undefined); // who takes it is told
  answers.set(path, answer);
  return answer;
}

/** The answer to a call that was begun; each is given once. */
export function begun({ method, url }: Request): Promise<Response> | undefined {
  const path = url.slice(location.origin.length);
  const answer = method === "GET" ? answers.get(path) : undefined;
  answers.delete(path);
  return answer;
}

const [, place, workspace = "", screen, session] = location.pathname.split("/");

async function beginSession(workspaces: Promise<Response>): Promise<void> {
  const { items } = (await (await workspaces).clone().json()) as { items?: { id: string; slug: string }[] };
  const here = items?.find(({ id, slug }) => slug === workspace || id === workspace);
  if (here !== undefined) void ask(`/api/v1/workspaces/${here.id}/sessions/${session ?? ""}`);
}

function begin(): void {
  void ask("/api/v1/auth/me");
  const workspaces = ask("/api/v1/workspaces?limit=100");
  const isSession = screen === "sessions" && Boolean(session);
  if (isSession) beginSession(workspaces).catch(() => undefined);
  // What fails here is asked for again where it is needed, and told there.
  const loading = isSession ? import("./screens/session/Session") : screen ? null : import("./screens/home/Home");
  loading?.catch(() => undefined);
}

if (place === "w") begin();
