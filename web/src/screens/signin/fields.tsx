// Fields that several forms of an account have.
import "@mantine/core/styles/PasswordInput.css";
import { Alert, Divider, PasswordInput, TextInput, type PasswordInputProps, type TextInputProps } from "@mantine/core";
import { IconAlertCircle, IconCircleCheck } from "@tabler/icons-react";
import { words } from "../../texts/signin";

/** A field for a password, which can be looked at. */
export function Password(props: PasswordInputProps) {
  const toggle = { "aria-label": words.showTyped };
  return <PasswordInput name="password" size="md" maxLength={1024} visibilityToggleButtonProps={toggle} {...props} />;
}

/** A field for an e-mail address. */
export function Email(props: TextInputProps) {
  return (
    <TextInput
      label={words.email}
      name="email"
      type="email"
      inputMode="email"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      size="md"
      {...props}
    />
  );
}

/** A field for a code of an app, or a recovery code. */
export function Code(props: TextInputProps) {
  return (
    <TextInput
      name="code"
      autoComplete="one-time-code"
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      size="md"
      maxLength={64}
      {...props}
    />
  );
}

/** What went wrong, told at once to who can't see it. */
export function Wrong({ text }: { text: string | null }) {
  if (text === null) return null;
  return (
    <Alert color="red" variant="light" p="xs" icon={<IconAlertCircle aria-hidden />}>
      {text}
    </Alert>
  );
}

/** What led here, good or bad. */
export interface News {
  text: string;
  bad?: boolean;
}

/** Tells what led here. */
export function Said({ news }: { news: News | null }) {
  if (news === null) return null;
  const Icon = news.bad ? IconAlertCircle : IconCircleCheck;
  return (
    <Alert color={news.bad ? "yellow" : "teal"} variant="light" p="xs" role="status" icon={<Icon aria-hidden />}>
      {news.text}
    </Alert>
  );
}

/** What parts the ways of doing one thing. */
export function Or() {
  return <Divider label={words.or} labelPosition="center" />;
}
