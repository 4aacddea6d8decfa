// Server-sent events (WHATWG HTML §9.2) out of bytes, however they are cut.

/** Takes an event: its kind, its data, and the id that was last given. */
export type TakeEvent = (kind: string, data: string, id: string) => void;

/** Reads events out of the bytes of one response. */
export class EventParser {
  readonly #take: TakeEvent;
  readonly #decoder = new TextDecoder();
  #line: string[] = []; // the beginning of a line whose end has not come, in the pieces that came
  #afterReturn = false;
  #kind = "";
  #data: string[] = [];
  #id = "";

  constructor(take: TakeEvent) {
    this.#take = take;
  }

  /** The id that was last given, by an event or alone. */
  get id(): string {
    return this.#id;
  }

  /** Take bytes; every event that ends with them is given out. */
  push(bytes: Uint8Array): void {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (text === "") return;
    if (this.#afterReturn && text.startsWith("\n")) text = text.slice(1);
    this.#afterReturn = text === "" ? false : text.endsWith("\r");
    if (text.includes("\r")) text = text.replace(/\r\n?/g, "\n");
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      const rest = text.slice(from, end);
      this.#field(this.#line.length === 0 ? rest : this.#line.join("") + rest);
      this.#line = this.#line.length === 0 ? this.#line : [];
      from = end + 1;
    }
    if (from < text.length) this.#line.push(text.slice(from));
  }

  #field(line: string): void {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#kind = value;
    else if (field === "id" && !value.includes("\0")) this.#id = value;
  }

  #dispatch(): void {
    const [kind, data] = [this.#kind, this.#data];
    if (kind !== "") this.#kind = "";
    if (data.length === 0) return;
    this.#data = [];
    this.#take(kind || "message", data.length === 1 ? (data[0] ?? "") : data.join("\n"), this.#id);
  }
}
