import { Anchor, Text } from "@mantine/core";
import { IconGitBranch } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useWorkspace } from "../../api/here";
import { useHeadPart } from "../../blocks/DocumentContext";
import { words } from "../../texts/session";

/** Where a branch came from; nothing for any other session. */
export function Origin() {
  const { slug } = useWorkspace();
  const branchedFrom = useHeadPart("branchedFrom");
  if (branchedFrom === null) return null;
  const params = { workspace: slug, session: branchedFrom.session };
  return (
    <Text size="sm" c="dimmed" py="xs">
      <IconGitBranch size={14} style={{ verticalAlign: "-2px", marginInlineEnd: 6 }} aria-hidden />
      {words.origin.text}{" "}
      <Anchor
        size="sm"
        renderRoot={(props) => <Link to="/w/$workspace/sessions/$session" params={params} {...props} />}
      >
        {words.origin.link}
      </Anchor>
      {words.origin.at(branchedFrom.seq)}
    </Text>
  );
}
