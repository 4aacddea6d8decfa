import { Badge, Button, Group, Skeleton, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconDeviceDesktop, IconDeviceMobile, IconTerminal2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api, given, type Schema } from "../../api/call";
import { words } from "../../texts/account";
import { ErrorNote } from "../../ui/ErrorNote";
import { Moment } from "../../ui/Moment";
import classes from "./Account.module.css";
import { accountChanged, devices } from "./asked";
import { confirm } from "./confirm";
import { Section } from "./Section";

type Device = Schema<"DeviceView">;

const endOthers = () =>
  confirm({
    title: words.signOutOthersTitle,
    text: words.signOutOthersText,
    label: words.signOutOthers,
    act: async () => {
      await given(api.DELETE("/api/v1/auth/sessions", { params: { query: { others: true } } }));
      await accountChanged();
    },
    said: words.othersSignedOut,
  });

const end = ({ id, label }: Device) =>
  confirm({
    title: words.signOutDeviceTitle,
    text: words.signOutDeviceText(label),
    label: words.signOutDevice,
    act: async () => {
      await given(api.DELETE("/api/v1/auth/sessions/{session_id}", { params: { path: { session_id: id } } }));
      await accountChanged();
    },
    said: words.signedOut(label),
  });

/** Where one is signed in, and how to end that. */
export function Devices() {
  const { data, error, refetch } = useQuery(devices);
  const others = data?.some((device) => !device.current);
  const button = (
    <Button variant="default" onClick={endOthers}>
      {words.signOutOthers}
    </Button>
  );
  return (
    <Section title={words.devices} text={words.devicesText} actions={others && button}>
      {error !== null && <ErrorNote error={error} retry={refetch} />}
      {data === undefined && error === null && <Skeleton h={120} />}
      {!!data?.length && (
        <div className={classes.rows}>
          {data.map((device) => (
            <Row key={device.id} device={device} />
          ))}
        </div>
      )}
    </Section>
  );
}

function Row({ device }: { device: Device }) {
  const Sign = /mobile|android|iphone|ipad/i.test(device.user_agent)
    ? IconDeviceMobile
    : /mozilla/i.test(device.user_agent)
      ? IconDeviceDesktop
      : IconTerminal2;
  return (
    <div className={classes.row}>
      <Group gap="sm" wrap="nowrap" align="flex-start" className={classes.what}>
        <ThemeIcon variant="light" color="gray" size={36}>
          <Sign size={20} aria-hidden />
        </ThemeIcon>
        <Stack gap={2}>
          <Group gap="xs">
            <Text fw={500}>{device.label}</Text>
            {device.current && (
              <Badge variant="light" color="teal">
                {words.thisDevice}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {words.from(device.ip || words.unknownPlace)} · {words.lastUsed} <Moment at={device.last_used_at} />
          </Text>
          <Text size="xs" c="dimmed">
            {words.signedIn} <Moment at={device.created_at} />, {method(device.method)}
          </Text>
        </Stack>
      </Group>
      {!device.current && (
        <Button variant="default" aria-label={words.signOutDeviceOf(device.label)} onClick={() => end(device)}>
          {words.signOutDevice}
        </Button>
      )}
    </div>
  );
}

function method(told: string): string {
  const [first = "", second] = told.split("+");
  const named = words.methods[first.split(":")[0] ?? ""] ?? first;
  return second === undefined ? named : words.withSecond(named);
}
