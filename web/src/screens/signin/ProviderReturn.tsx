export function ProviderReturn() {
  return null;
}
