import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, given, type Schema } from "../../api/call";
import { words } from "../../texts/account";
import { Moment } from "../../ui/Moment";
import { depart } from "../signin/departures";
import { Wrong } from "../signin/fields";
import { useAct } from "../signin/useSend";
import classes from "./Account.module.css";
import { accountChanged, links, providers } from "./asked";
import { confirm } from "./confirm";
import { Section } from "./Section";

type Link = Schema<"ProviderLinkItem">;

const unlink = (link: Link, title: string) =>
  confirm({
    title: words.unlinkTitle(title),
    text: words.unlinkText(title),
    label: words.unlink(title),
    act: async () => {
      await given(api.DELETE("/api/v1/auth/links/{link_id}", { params: { path: { link_id: link.id } } }));
      await accountChanged();
    },
    said: words.unlinked(title),
  });

/** The providers that sign one in, too; nothing where the server knows none. */
export function LinkedProviders() {
  const known = useQuery(providers).data ?? [];
  const mine = useQuery(links).data ?? [];
  const titles = new Map(known.map(({ name, title }) => [name, title]));
  const open = known.filter(({ name }) => !mine.some((link) => link.provider === name));
  if (known.length === 0 && mine.length === 0) return null;
  return (
    <Section title={words.providers} text={words.providersText}>
      <div className={classes.rows}>
        {mine.map((link) => (
          <Linked key={link.id} link={link} title={titles.get(link.provider) ?? link.provider} />
        ))}
        {open.map(({ name, title }) => (
          <NotLinked key={name} name={name} title={title} />
        ))}
      </div>
    </Section>
  );
}

function Linked({ link, title }: { link: Link; title: string }) {
  return (
    <div className={classes.row}>
      <Stack gap={2} className={classes.what}>
        <Text fw={500}>{title}</Text>
        <Text size="sm" c="dimmed">
          {link.email ? words.linkedAs(link.email) : words.linkedSince} · <Moment at={link.created_at} />
        </Text>
      </Stack>
      <Button variant="default" onClick={() => unlink(link, title)}>
        {words.unlink(title)}
      </Button>
    </div>
  );
}

function NotLinked({ name, title }: { name: string; title: string }) {
  const { busy, wrong, act } = useAct();
  const leave = async () => {
    const params = { path: { provider: name } };
    const { url } = await given(api.POST("/api/v1/auth/providers/{provider}/link", { params }));
    depart(url, { aim: "link", next: "/account/security" });
  };
  return (
    <div className={classes.row}>
      <Stack gap={2} className={classes.what}>
        <Text fw={500}>{title}</Text>
        <Text size="sm" c="dimmed">
          {words.notLinked}
        </Text>
        <Wrong text={wrong} />
      </Stack>
      <Button variant="default" loading={busy} onClick={() => void act(leave)}>
        {words.link(title)}
      </Button>
    </div>
  );
}
