import type { Clock, Ids } from '../core/ports.ts';

/** The time of the machine. Only this file asks for it. */
export const systemClock: Clock = { nowMs: () => Date.now() };

/** Random names, 122 bits. Only this file makes them. */
export const systemIds: Ids = { next: () => crypto.randomUUID() };
