/** Give people a file: one that was made here, or one at an address, which then may name it. */
export function save(name: string, content: Blob | string): void {
  const address = typeof content === "string" ? content : URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  if (typeof content !== "string") setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
