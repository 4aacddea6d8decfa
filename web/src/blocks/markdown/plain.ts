// Most of what apps write is plain text, for which nothing has to be loaded or read.

/** What may mean something in Markdown, or is changed by its reading. */
const MARK = /[\\`*_~[\]<>&|$@\p{Cc}\ufeff]|www\.|:\/\/|^(?:[-+=:#]|\d+[.)]|\s)|\s$/imu;

/** The paragraphs of a text that has no mark of Markdown in it; null of any other. */
export function paragraphs(text: string): readonly string[] | null {
  const found = text
    .replace(/^\n+|\n+$/g, "")
    .split(/\n{2,}/)
    .filter((one) => one !== "");
  return found.some((one) => one.split("\n").some((line) => MARK.test(line))) ? null : found;
}
