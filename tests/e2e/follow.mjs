// Follows a session with npm's EventSource and prints the id of each event, until the session has ended.
import { EventSource } from "eventsource";

const [url, token] = process.argv.slice(2);
const alive = setInterval(() => {}, 1000); // its own timers do not keep the process
const source = new EventSource(url, {
  fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }),
});
for (const kind of ["session.created", "session.started", "session.woken", "block.opened", "session.completed"]) {
  source.addEventListener(kind, (event) => {
    console.log(event.lastEventId);
    if (kind === "session.completed") end(0);
  });
}
source.addEventListener("error", () => {
  if (source.readyState === EventSource.CLOSED) end(1);
});

function end(code) {
  source.close();
  clearInterval(alive);
  process.exitCode = code;
}
