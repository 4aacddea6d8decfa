import { Authenticator } from "./Authenticator";
import { LinkedProviders } from "./LinkedProviders";
import { Passkeys } from "./Passkeys";
import { PasswordChange } from "./PasswordChange";
import { Recovery } from "./Recovery";

/** How one shows who one is. */
export function Security() {
  return (
    <>
      <PasswordChange />
      <Passkeys />
      <Authenticator />
      <Recovery />
      <LinkedProviders />
    </>
  );
}
