/** Asks for a fresh proof of who one is, where the server wants one. */
export function ProofDialog() {
  return null;
}
