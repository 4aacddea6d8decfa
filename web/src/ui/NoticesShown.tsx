import "@mantine/core/styles/Notification.css";
import "@mantine/notifications/styles.css";
import { Notifications } from "@mantine/notifications";

/** The notices that there are. */
export const NoticesShown = () => <Notifications position="bottom-right" limit={3} />;
