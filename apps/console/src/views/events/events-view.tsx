export const EventsView = (_: Record<string, unknown>) => null;
