// Where a link of an app may lead, and where a picture may come from.

/** The address of a link where it leads to the web or writes a mail; null for all others. */
export function safeLink(address: string): string | null {
  // Browsers drop control characters and white space from addresses: so does what looks at them.
  const given = [...address].filter((sign) => sign > " " && sign !== "\u007f").join("");
  if (!/^(?:https?:\/\/|mailto:)/i.test(given)) return null;
  try {
    const { protocol, href } = new URL(given);
    return ["http:", "https:", "mailto:"].includes(protocol) ? href : null;
  } catch {
    return null;
  }
}

/** The address of a picture that is in the text itself; null for all others, which would be fetched from elsewhere. */
export function safePicture(address: string): string | null {
  return /^data:image\/(?:png|jpeg|gif|webp|avif|svg\+xml)[;,]/i.test(address) ? address : null;
}
