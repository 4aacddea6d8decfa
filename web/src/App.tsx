import "./ui/mantine.css";
import "./ui/page.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { queries } from "./api/queries";
import { router } from "./router";
import { Dialogs } from "./ui/Dialogs";
import { Notices } from "./ui/Notices";
import { ProofDialog } from "./ui/ProofDialog";
import { theme, variables } from "./ui/theme";

/** The whole client. */
export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <Notices />
        <Dialogs />
        <ProofDialog />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
