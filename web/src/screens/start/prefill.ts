// What the address of an app's page fills in: `?args={"city":"Kyoto"}`.
import { fitting, type Parameter } from "./parameters";

/** What of the address fits the app, and whether something does not. */
export function prefilled(parameters: readonly Parameter[], given: unknown) {
  const args: Record<string, unknown> = {};
  if (given === undefined) return { args, ignored: false };
  const read = typeof given === "string" ? parsed(given) : given;
  if (typeof read !== "object" || read === null || Array.isArray(read)) return { args, ignored: true };
  let ignored = false;
  for (const [name, value] of Object.entries(read)) {
    const parameter = parameters.find((one) => one.name === name);
    if (parameter !== undefined && fitting(parameter, value)) args[name] = value;
    else ignored = true;
  }
  return { args, ignored };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
