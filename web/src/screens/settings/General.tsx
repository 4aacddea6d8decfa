export function General() {
  return null;
}
