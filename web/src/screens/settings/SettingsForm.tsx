import "@mantine/core/styles/Combobox.css";
import "@mantine/core/styles/NumberInput.css";
import "@mantine/core/styles/Switch.css";
import { Alert, Button, Group, Input, NumberInput, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconUsers } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { words } from "../../texts/settings";
import { ErrorNote } from "../../ui/ErrorNote";
import { Fields } from "./Part";
import { numberOf, type Unit } from "./parts";
import classes from "./SettingsForm.module.css";
import { useLeaving } from "./useLeaving";
import { useSettings, type Tagged } from "./useSettings";

type Settings = ReturnType<typeof useSettings>;

/** What can be set about a workspace. Follows what others change, until something is changed here. */
export function SettingsForm({ present }: { present: Tagged }) {
  const [base, begin] = useState(present);
  const [dirty, setDirty] = useState(false);
  if (!dirty && base.tag !== present.tag) begin(present);
  return <Form key={base.tag} base={base} present={present} begin={begin} tellDirty={setDirty} />;
}

interface FormProps {
  base: Tagged;
  present: Tagged;
  begin: (now: Tagged) => void;
  tellDirty: (dirty: boolean) => void;
}

function Form({ tellDirty, ...given }: FormProps) {
  const settings = useSettings(given);
  const { workspace } = given.base;
  useLeaving(settings.dirty);
  useEffect(() => tellDirty(settings.dirty), [tellDirty, settings.dirty]);
  return (
    <form onSubmit={settings.submit} noValidate>
      <Stack gap="md">
        <Named settings={settings} slug={workspace.slug} />
        <Sessions settings={settings} retention={workspace.settings.retention_days ?? null} />
        <Fields title={words.invites}>
          <Switch
            label={words.allowInvites}
            description={words.allowInvitesHint}
            {...settings.form.getInputProps("allowInvites", { type: "checkbox" })}
          />
        </Fields>
        {settings.problem && <ErrorNote error={settings.problem} />}
        {settings.dirty && <Bar settings={settings} />}
      </Stack>
    </form>
  );
}

/** The ways to end what was begun. */
function Bar({ settings }: { settings: Settings }) {
  return (
    <Stack className={classes.bar} gap="sm">
      {settings.conflict && (
        <Alert color="orange" icon={<IconUsers />} title={words.conflict}>
          {words.conflictText}
        </Alert>
      )}
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="dimmed" role="status">
          {words.unsaved}
        </Text>
        {settings.conflict ? (
          <Group gap="xs">
            <Button variant="default" onClick={() => void settings.seeTheirs()}>
              {words.seeTheirs}
            </Button>
            <Button loading={settings.saving} onClick={() => void settings.saveMine()}>
              {words.saveMine}
            </Button>
          </Group>
        ) : (
          <Group gap="xs">
            <Button variant="default" onClick={settings.discard}>
              {words.discard}
            </Button>
            <Button type="submit" loading={settings.saving}>
              {words.save}
            </Button>
          </Group>
        )}
      </Group>
    </Stack>
  );
}

function Named({ settings: { form }, slug }: { settings: Settings; slug: string }) {
  const moves = form.values.slug !== slug;
  return (
    <Fields title={words.nameAndAddress}>
      <TextInput label={words.name} maw={420} maxLength={100} {...form.getInputProps("name")} />
      <TextInput
        label={words.slug}
        description={words.slugHint}
        leftSection={
          <Text size="sm" c="dimmed">
            {words.slugBefore}
          </Text>
        }
        leftSectionWidth={44}
        leftSectionPointerEvents="none"
        maw={420}
        maxLength={63}
        autoCapitalize="none"
        spellCheck={false}
        {...form.getInputProps("slug")}
      />
      {moves && <Consequence text={words.slugConsequence(slug)} />}
    </Fields>
  );
}

function Sessions({ settings: { form }, retention }: { settings: Settings; retention: number | null }) {
  const days = numberOf(form.values.retentionDays);
  const sooner = days !== null && (retention === null || days < retention);
  const units = Object.entries(words.units).map(([value, label]) => ({ value, label }));
  return (
    <Fields title={words.sessions}>
      <NumberInput
        label={words.retention}
        description={words.retentionHint}
        placeholder={words.keep}
        suffix={` ${words.days}`}
        allowDecimal={false}
        min={1}
        maw={420}
        {...form.getInputProps("retentionDays")}
      />
      {sooner && <Consequence text={words.retentionShorter} />}
      <Input.Wrapper
        label={words.hibernate}
        description={words.hibernateHint}
        error={form.errors.hibernateAfter}
        maw={420}
      >
        <Group gap="xs" wrap="nowrap" mt={6}>
          <NumberInput
            aria-label={words.hibernate}
            placeholder={words.serverDefault}
            min={0}
            flex={1}
            {...form.getInputProps("hibernateAfter", { withError: false })}
          />
          <Select
            aria-label={words.unit}
            data={units}
            allowDeselect={false}
            w={120}
            value={form.values.hibernateUnit}
            onChange={(unit) => unit && form.setFieldValue("hibernateUnit", unit as Unit)}
          />
        </Group>
      </Input.Wrapper>
      <NumberInput
        label={words.maxSessions}
        description={words.maxSessionsHint}
        placeholder={words.noLimit}
        allowDecimal={false}
        min={1}
        maw={420}
        {...form.getInputProps("maxSessions")}
      />
    </Fields>
  );
}

function Consequence({ text }: { text: string }) {
  return (
    <Alert color="orange" icon={<IconAlertTriangle />} maw={520} role="status">
      {text}
    </Alert>
  );
}
