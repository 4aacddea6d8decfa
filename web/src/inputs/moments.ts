// Days and times as people type them, and as ISO 8601 for the server.
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

/** A date and time in the making. `zoned`: it names a moment, so an offset stands behind it. */
export interface DayTime {
  readonly day: string | null;
  readonly time: string;
  readonly zoned: boolean;
}

const OFFSET = /(Z|[+-]\d{2}:?\d{2})$/i;

/** Take a date and time apart; moments become local. */
export function dayTimeOf(value: unknown): DayTime {
  if (typeof value === "object" && value !== null) return value as DayTime;
  if (typeof value !== "string") return { day: null, time: "", zoned: true };
  const zoned = OFFSET.test(value);
  const local = zoned ? dayjs(value).format("YYYY-MM-DDTHH:mm:ss") : value;
  const [day = "", time = ""] = local.split(/[T ]/);
  return { day: day || null, time: time.slice(0, time.endsWith(":00") && time.length > 5 ? 5 : 8), zoned };
}

/** The offset of this browser at a local time: `+01:00`. */
export function offsetAt(day: string, time: string): string {
  const minutes = -new Date(`${day}T${time}`).getTimezoneOffset();
  const part = (number: number) => String(Math.floor(number)).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${part(Math.abs(minutes) / 60)}:${part(Math.abs(minutes) % 60)}`;
}
