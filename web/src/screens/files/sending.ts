// How a file gets to the server: small ones at once, large ones in parts that survive a lost connection.
import { given, Problem, renew, send, upload, type Schema } from "../../api/call";

export type StoredFile = Schema<"FileView">;

export interface Sending {
  progress?: (share: number) => void;
  signal?: AbortSignal;
}

const PART = 8 * 1024 * 1024;
const TUS = { "tus-resumable": "1.0.0" };
const PATIENCE = 8;

/** Store a file in a workspace. Throws a `Problem` when it is refused, or the server can't be reached for long. */
export async function sendFile(workspace: string, file: File, sending: Sending = {}): Promise<StoredFile> {
  const base = `/api/v1/workspaces/${encodeURIComponent(workspace)}`;
  if (file.size > PART) return sendParts(base, file, sending);
  const path = `${base}/files?name=${encodeURIComponent(file.name)}`;
  try {
    return await upload<StoredFile>(path, file, sending);
  } catch (error) {
    // A body that is sent by XMLHttpRequest is not sent again by itself.
    if (!(error instanceof Problem) || error.status !== 401 || !(await renew())) throw error;
    return upload<StoredFile>(path, file, sending);
  }
}

const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

async function call(path: string, init: RequestInit): Promise<Response> {
  const response = await send(new Request(path, { ...init, headers: { ...TUS, ...init.headers } }));
  if (response.ok) return response;
  const error: unknown = await response.json().catch(() => ({}));
  await given(Promise.resolve({ response, error }));
  return response;
}

/** Where a tus upload stands. */
const offsetOf = (response: Response) => Number(response.headers.get("upload-offset") ?? 0);

async function sendParts(base: string, file: File, { progress, signal }: Sending): Promise<StoredFile> {
  const metadata = `filename ${base64(file.name)},filetype ${base64(file.type || "application/octet-stream")}`;
  const headers = { "upload-length": String(file.size), "upload-metadata": metadata };
  const begun = await call(`${base}/uploads`, { method: "POST", headers, signal });
  const id = new URL(begun.headers.get("location") ?? "", location.href).pathname.split("/").at(-1) ?? "";
  const path = `${base}/uploads/${id}`;
  try {
    let [offset, failures] = [0, 0];
    while (offset < file.size) {
      const told = (share: number) => progress?.(share);
      try {
        offset = await sendPart(path, file, offset, { progress: told, signal });
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!isPassing(error) || failures > PATIENCE) throw error;
        await pause(500 * 2 ** failures, signal);
        offset = await whereItStands(path, offset, signal);
      }
    }
  } catch (error) {
    void call(path, { method: "DELETE" }).catch(() => undefined); // nobody goes on with it
    throw error;
  }
  return (await (await call(`${base}/files/${id}`, { signal })).json()) as StoredFile;
}

const isPassing = (error: unknown) => error instanceof Problem && (error.status === 0 || error.status >= 500);

async function whereItStands(path: string, known: number, signal?: AbortSignal): Promise<number> {
  try {
    return offsetOf(await call(path, { method: "HEAD", signal }));
  } catch (error) {
    if (!isPassing(error)) throw error;
    return known;
  }
}

async function sendPart(path: string, file: File, offset: number, { progress, signal }: Sending): Promise<number> {
  const body = file.slice(offset, offset + PART);
  const headers = { "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
  const response = await call(path, { method: "PATCH", headers, body, signal });
  const reached = offsetOf(response);
  progress?.(reached / file.size);
  return reached;
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, Math.min(ms, 15_000));
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("The upload was stopped.", "AbortError"));
    });
  });
}
