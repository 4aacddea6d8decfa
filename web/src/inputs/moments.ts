// Dates and times as ISO 8601, as the server has them.
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
  const local = zoned ? localOf(new Date(value)) : value;
  const [day = "", time = ""] = local.split(/[T ]/);
  return { day: day || null, time: time.slice(0, time.endsWith(":00") && time.length > 5 ? 5 : 8), zoned };
}

/** A moment by the clock of this browser: `2026-12-24T18:00:00`. */
function localOf(moment: Date): string {
  if (Number.isNaN(moment.getTime())) return "";
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** The offset of this browser at a local time: `+01:00`. */
export function offsetAt(day: string, time: string): string {
  const minutes = -new Date(`${day}T${time}`).getTimezoneOffset();
  const part = (number: number) => String(Math.floor(number)).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${part(Math.abs(minutes) / 60)}:${part(Math.abs(minutes) % 60)}`;
}
