// Files on their way into an answer.
import { createContext, use } from "react";
import { Problem } from "../api/call";
import { words } from "../texts/inputs";
import { size } from "../ui/FileSize";
import { itemsOf, type Item } from "./values";

type Options = { progress?: (share: number) => void; signal?: AbortSignal };

/** Where files go. */
export interface Filing {
  /** Store a file; gives what the answer names it by. */
  upload(file: File, options: Options): Promise<unknown>;
  /** Take files that are dropped anywhere on the question; gives what ends it. */
  takeDrops?(take: (files: readonly File[]) => void): () => void;
}

/** Given by whoever shows controls that may take files. */
export const FilingContext = createContext<Filing | null>(null);

/** Where files go from here. */
export function useFiling(): Filing {
  const filing = use(FilingContext);
  if (filing === null) throw new Error("No files are taken here.");
  return filing;
}

/** Whether a file is of a kind that is asked for, as the `accept` attribute of HTML has it. */
export function accepts(accept: readonly string[], file: { name: string; type: string }): boolean {
  const type = (file.type.split(";")[0] ?? "").trim().toLowerCase();
  return (
    accept.length === 0 ||
    accept.some((one) => {
      const pattern = one.trim().toLowerCase();
      if (pattern.startsWith(".")) return file.name.toLowerCase().endsWith(pattern);
      return pattern === "*/*" || (pattern.endsWith("/*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern);
    })
  );
}

/** Why a file can't be taken; null when it can. */
export function unfit(spec: { accept?: string[]; max_bytes?: number | null }, file: File): string | null {
  if (!accepts(spec.accept ?? [], file)) return words.wrongKind(file.name, (spec.accept ?? []).join(", "));
  if (spec.max_bytes != null && file.size > spec.max_bytes) return words.tooLarge(file.name, size(spec.max_bytes));
  return null;
}

type Update = (next: (now: unknown) => unknown) => void;

const going = new Map<string, AbortController>();
let count = 0;

/** A file that waits to be sent. */
export function waiting(file: File): Item {
  return { key: `${Date.now()}-${(count += 1)}`, name: file.name, size_bytes: file.size, share: 0, ref: null, file };
}

/** Send a file, and tell of it in the value that holds it. */
export async function sendFile(item: Item, upload: Filing["upload"], update: Update): Promise<void> {
  const { file, key } = item;
  if (file === undefined) return;
  const put = (part: Partial<Item>) =>
    update((now) => itemsOf(now).map((one) => (one.key === key ? { ...one, ...part } : one)));
  const stop = new AbortController();
  going.set(key, stop);
  put({ share: 0, failed: undefined });
  try {
    const ref = await upload(file, { progress: (share) => put({ share }), signal: stop.signal });
    put({ ref, share: 1, file: undefined });
  } catch (error) {
    if (!stop.signal.aborted) put({ failed: error instanceof Problem ? error.message : words.uploadFailed });
  } finally {
    going.delete(key);
  }
}

/** Take a file out of the answer, wherever it is. */
export function removeFile(item: Item, update: Update): void {
  going.get(item.key)?.abort();
  update((now) => itemsOf(now).filter((one) => one.key !== item.key));
}
