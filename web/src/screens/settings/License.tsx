export function License() {
  return null;
}
