// Days as people type them, and as ISO 8601 for the server.
import dayjs from "dayjs";
import customParseFormat from "dayjs/plugin/customParseFormat";

dayjs.extend(customParseFormat);

/** How a day is shown in a field. */
export const DAY = "D MMM YYYY";

const NAMED = [DAY, "D MMMM YYYY", "MMM D, YYYY", "MMMM D, YYYY", "MMM D YYYY", "D. MMMM YYYY", "D.M.YYYY"];

/** Whether people of this language write the month before the day. */
function monthFirst(): boolean {
  const parts = new Intl.DateTimeFormat().formatToParts(new Date(2000, 1, 1)).map((part) => part.type);
  return parts.indexOf("month") < parts.indexOf("day");
}

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && dayjs(text, "YYYY-MM-DD", true).isValid();

/** Read a day as people type it; null where it is none. */
export function dayOf(typed: string): string | null {
  const text = typed.trim().replace(/\s+/g, " ");
  if (isDay(text)) return text;
  const numeric = monthFirst() ? "M/D/YYYY" : "D/M/YYYY";
  for (const format of [...NAMED, numeric]) {
    const found = dayjs(text, format, true);
    if (found.isValid()) return found.format("YYYY-MM-DD");
  }
  return null;
}
