import { Alert, Button, Group, Input, NumberInput, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconUsers } from "@tabler/icons-react";
import { words } from "../../texts/settings";
import { ErrorNote } from "../../ui/ErrorNote";
import type { Workspace } from "../../api/here";
import { Fields } from "./Part";
import { numberOf, type Unit } from "./parts";
import classes from "./SettingsForm.module.css";
import { useLeaving } from "./useLeaving";
import { useSettings } from "./useSettings";

type Settings = ReturnType<typeof useSettings>;

/** What can be set about a workspace. */
export function SettingsForm({ present }: { present: { workspace: Workspace; tag: string } }) {
  const settings = useSettings(present);
  const dirty = settings.form.isDirty();
  useLeaving(dirty);
  return (
    <form onSubmit={settings.submit} noValidate>
      <Stack gap="md">
        <Named settings={settings} slug={present.workspace.slug} />
        <Sessions settings={settings} retention={present.workspace.settings.retention_days ?? null} />
        <Fields title={words.invites}>
          <Switch
            label={words.allowInvites}
            description={words.allowInvitesHint}
            {...settings.form.getInputProps("allowInvites", { type: "checkbox" })}
          />
        </Fields>
        {settings.conflict && (
          <Alert color="orange" icon={<IconUsers />} title={words.conflict}>
            <Stack gap="sm">
              <Text size="sm">{words.conflictText}</Text>
              <Group gap="xs">
                <Button size="xs" variant="default" onClick={() => void settings.seeTheirs()}>
                  {words.seeTheirs}
                </Button>
                <Button size="xs" variant="light" onClick={() => void settings.saveMine()}>
                  {words.saveMine}
                </Button>
              </Group>
            </Stack>
          </Alert>
        )}
        {settings.problem && <ErrorNote error={settings.problem} />}
        {dirty && (
          <Group className={classes.bar} justify="space-between">
            <Text size="sm" c="dimmed" role="status">
              {words.unsaved}
            </Text>
            <Group gap="xs">
              <Button variant="default" onClick={settings.discard}>
                {words.discard}
              </Button>
              <Button type="submit" loading={settings.save.isPending}>
                {words.save}
              </Button>
            </Group>
          </Group>
        )}
      </Stack>
    </form>
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
