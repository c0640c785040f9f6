/** Where a topic's messages go. */
export interface Subscription {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A standard topic and its subscribers. */
export interface Topic {
  readonly arn: string;
  readonly region: string;
  readonly name: string;
  attributes: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  readonly subscriptions: Subscription[];
}

/** That one message went to one endpoint. */
export interface Delivery {
  readonly protocol: string;
  readonly endpoint: string;
  /** Why a queue or function did not take it; SNS would go on trying for 23 days. */
  readonly error?: string;
}
