export function Arrive() {
  return null;
}
