import type { UpdateItemInput, UpdateItemOutput } from '@aws-sdk/client-dynamodb';
import type { Operation } from '../../service-model.ts';
import { applyUpdate } from './apply-update.ts';
import { storedItem, type Item } from './attribute-value.ts';
import type { DynamoDbModel } from './dynamodb-model.ts';
import { refuseParameters, validation } from './dynamodb-errors.ts';
import { checkItemSize } from './item-size.ts';
import { Placeholders } from './placeholders.ts';
import { project } from './projection-expression.ts';
import type { Table } from './table.ts';
import { parseUpdate, touchedBy, type Update } from './update-expression.ts';
import { checkCondition, parseWriteCondition } from './write-condition.ts';

/** Changes attributes of an item, or makes it when there is none with this key. */
export function updateItem(model: DynamoDbModel): Operation<UpdateItemInput, UpdateItemOutput> {
  return {
    resources: (input, call) => [model.arn(call.region, input.TableName)],
    handle: (input, call) => {
      refuseParameters(input, ['AttributeUpdates']);
      const placeholders = new Placeholders(input);
      const update = parseUpdateOf(input, placeholders);
      const condition = parseWriteCondition(input, placeholders);
      placeholders.refuseUnused();
      const table = model.items(call, input.TableName);
      const key = storedItem(input.Key ?? {});
      table.checkKey(key);
      refuseKeyUpdates(table, update);
      const before = table.store.get(key);
      checkCondition(condition, before, input);
      const after = applyUpdate(update, before ?? key);
      checkItemSize(after, 'Item size to update has exceeded the maximum allowed size');
      table.store.put(after);
      const attributes = returned(input.ReturnValues, { before, after, update });
      return attributes === undefined ? {} : { Attributes: storedItem(attributes) };
    },
  };
}

function parseUpdateOf(input: UpdateItemInput, placeholders: Placeholders): Update {
  const text = input.UpdateExpression;
  return text === undefined ? { set: [], remove: [], add: [] } : parseUpdate(text, placeholders);
}

function refuseKeyUpdates(table: Table, update: Update): void {
  for (const [name] of touchedBy(update)) {
    if (!table.isKey(String(name))) continue;
    throw validation(
      `One or more parameter values were invalid: Cannot update attribute ${name ?? ''}. This ` +
        'attribute is part of the key',
    );
  }
}

interface Change {
  readonly before: Item | undefined;
  readonly after: Item;
  readonly update: Update;
}

function returned(wanted: string | undefined, change: Change): Item | undefined {
  switch (wanted ?? 'NONE') {
    case 'NONE':
      return undefined;
    case 'ALL_OLD':
      return change.before;
    case 'ALL_NEW':
      return change.after;
    case 'UPDATED_OLD':
      return nonEmpty(project(change.before ?? {}, touchedBy(change.update)));
    case 'UPDATED_NEW':
      return nonEmpty(project(change.after, touchedBy(change.update)));
    default:
      throw validation(
        `1 validation error detected: Value '${wanted ?? ''}' at 'returnValues' failed to ` +
          'satisfy constraint: Member must satisfy enum value set: ' +
          '[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]',
      );
  }
}

function nonEmpty(item: Item): Item | undefined {
  return Object.keys(item).length === 0 ? undefined : item;
}
