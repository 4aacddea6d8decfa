// What a shown document can ask of whoever shows it.
import type { FileRef } from "./model";

/** What is done about a document: over the API in a session, by a story in the gallery. All may throw a `Problem`. */
export interface DocumentActions {
  /** Answer a question. A refused answer throws a `Problem` with `errors`: `""`, or the id of a form's field. */
  answer(input: string, value: unknown): Promise<void>;
  /** Store a file for an answer. */
  upload(file: File, options: { progress?: (share: number) => void; signal?: AbortSignal }): Promise<FileRef>;
  /** The address of a file of the session. */
  fileUrl(file: FileRef): string;
  /** Begin a new session just before an answer; null where that is not allowed. */
  branch: ((seq: number) => Promise<void>) | null;
  /** Whether the viewer may answer what is asked of an audience; null is whoever the session is shared with for that. */
  mayAnswer(audience: string | null): boolean;
}
