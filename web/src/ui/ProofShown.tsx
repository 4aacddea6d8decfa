import { Modal } from "@mantine/core";
import { Proof } from "../screens/signin/Proof";
import { words } from "../texts/signin";

/** The dialog of a proof. */
export function ProofShown({ asking, finish }: { asking: boolean; finish: (proved: boolean) => void }) {
  return (
    <Modal opened={asking} onClose={() => finish(false)} title={words.proofTitle} centered zIndex={400}>
      <Proof proved={() => finish(true)} cancel={() => finish(false)} />
    </Modal>
  );
}
