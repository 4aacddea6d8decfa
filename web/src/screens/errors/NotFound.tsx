import { Button } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { words } from "../../texts/home";
import { Empty } from "../../ui/Empty";
import { Page } from "../../ui/Page";

/** An address at which there is nothing, and the way home. */
export function NotFound() {
  const home = <Button renderRoot={(props) => <Link to="/" {...props} />}>{words.toHome}</Button>;
  return (
    <Page title={words.notFoundTitle} width="narrow">
      <Empty icon={IconMapOff} title={words.notFoundShort} text={words.notFound} action={home} />
    </Page>
  );
}
