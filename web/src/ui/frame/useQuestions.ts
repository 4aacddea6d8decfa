import { useQuery } from "@tanstack/react-query";
import { useWorkspaceIfAny } from "../../api/here";
import { questions } from "./asked";

/** How many sessions wait for an answer of mine. */
export function useQuestionCount(): number {
  const workspace = useWorkspaceIfAny()?.id ?? "";
  return useQuery({ ...questions(workspace), enabled: workspace !== "" }).data?.length ?? 0;
}
