import { useNavigate } from "@tanstack/react-router";
import type { Deed } from "../keys/keys";
import { useKeys } from "../keys/useKeys";
import { PLACES } from "./places";
import { useNearestWorkspace } from "./useNearest";

interface Openers {
  palette: () => void;
  apps: () => void;
  keys: () => void;
}

const FIELDS = 'main input[type="search"], main [role="search"] input';

/** Do what keys are pressed for. */
export function useDeeds({ palette, apps, keys }: Openers): void {
  const navigate = useNavigate();
  const workspace = useNearestWorkspace();
  useKeys((deed: Deed) => {
    if (deed === "palette") return palette();
    if (deed === "list") return keys();
    if (deed === "field") return focusField() || palette();
    if (workspace === null) return;
    if (deed === "new") return workspace.role === "viewer" ? undefined : apps();
    void navigate({ to: PLACES[deed].to, params: { workspace: workspace.slug } });
  });
}

/** Go to the search field of the screen; whether there is one. */
function focusField(): boolean {
  const field = [...document.querySelectorAll<HTMLInputElement>(FIELDS)].find((one) => one.checkVisibility());
  field?.focus();
  field?.select();
  return field !== undefined;
}
