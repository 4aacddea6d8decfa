import { Button, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { words } from "../../texts/home";
import { Page } from "../../ui/Page";

/** An address at which there is nothing, and the way home. */
export function NotFound() {
  const home = <Button renderRoot={(props) => <Link to="/" {...props} />}>{words.toHome}</Button>;
  return (
    <Page title={words.notFoundTitle} width="narrow">
      <Text c="dimmed">{words.notFound}</Text>
      <Group>{home}</Group>
    </Page>
  );
}
