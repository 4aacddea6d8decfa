import "./ui/mantine.css";
import "./ui/page.css";
import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { queries } from "./api/queries";
import { router } from "./router";
import { Notices } from "./ui/Notices";
import { ProofDialog } from "./ui/ProofDialog";
import { theme, variables } from "./ui/theme";

/** The whole client. */
export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <ModalsProvider>
          <Notices />
          <ProofDialog />
          <RouterProvider router={router} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
