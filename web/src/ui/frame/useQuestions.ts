import { useQuery } from "@tanstack/react-query";
import { questions } from "./asked";
import { useNearestWorkspace } from "./useNearest";

/** How many sessions wait for an answer of mine. */
export function useQuestionCount(): number {
  const workspace = useNearestWorkspace()?.id ?? "";
  return useQuery({ ...questions(workspace), enabled: workspace !== "" }).data?.length ?? 0;
}
