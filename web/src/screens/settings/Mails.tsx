import "@mantine/core/styles/Accordion.css";
import { Accordion, Anchor, Button, CopyButton, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconCheck, IconLink, IconMail, IconSend } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Fragment } from "react";
import { mails as words, words as settings } from "../../texts/settings";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Moment } from "../../ui/Moment";
import { outbox, type Mail } from "../people/queries";
import classes from "./Mails.module.css";
import { Part } from "./Part";

const LINK = /(https?:\/\/\S+)/;

/** The mails that a laptop keeps, for its operator. */
export function Mails() {
  const { data, error, refetch } = useQuery({
    ...outbox,
    refetchInterval: (query) => (query.state.data ? 5000 : false),
  });
  if (data === null) return <Empty icon={IconSend} title={words.notHere} text={words.notHereText} />;
  return (
    <Part title={settings.mails} text={words.text}>
      {data === undefined ? (
        error ? (
          <ErrorNote error={error} retry={refetch} />
        ) : (
          <Skeleton h={240} />
        )
      ) : data.length === 0 ? (
        <Empty icon={IconMail} title={words.none} text={words.noneText} />
      ) : (
        <Accordion variant="contained" order={3}>
          {data.map((mail, place) => (
            <Kept key={`${mail.at}-${mail.to}-${data.length - place}`} mail={mail} />
          ))}
        </Accordion>
      )}
    </Part>
  );
}

function Kept({ mail }: { mail: Mail }) {
  const link = LINK.exec(mail.text)?.[0];
  return (
    <Accordion.Item value={`${mail.at} ${mail.to}`}>
      <Accordion.Control>
        <Text size="sm" fw={500}>
          {mail.subject}
        </Text>
        <Text size="xs" c="dimmed" component="div">
          {words.to(mail.to)}
          {", "}
          <Moment at={mail.at} />
        </Text>
      </Accordion.Control>
      <Accordion.Panel>
        <Stack gap="sm" align="flex-start">
          <Text size="sm" component="div" className={classes.text}>
            {mail.text.split(LINK).map((part, place) => (
              <Fragment key={place}>{LINK.test(part) ? <Anchor href={part}>{part}</Anchor> : part}</Fragment>
            ))}
          </Text>
          {link && (
            <Group>
              <CopyButton value={link}>
                {({ copied, copy }) => (
                  <Button
                    variant="light"
                    color={copied ? "teal" : undefined}
                    leftSection={copied ? <IconCheck size={16} /> : <IconLink size={16} />}
                    onClick={copy}
                  >
                    {copied ? words.copied : words.copyLink}
                  </Button>
                )}
              </CopyButton>
            </Group>
          )}
        </Stack>
      </Accordion.Panel>
    </Accordion.Item>
  );
}
