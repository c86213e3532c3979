// ioredis against a node: node ioredis.mjs HOST PORT
import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { counter, host, port, run } from './checks.mjs';

const redis = new Redis({ host, port, maxRetriesPerRequest: 1, retryStrategy: () => null });

await run({
  async 'strings and expiry'() {
    assert.equal(await redis.set('greeting', 'hello', 'EX', 1000), 'OK');
    assert.equal(await redis.get('greeting'), 'hello');
    assert.ok((await redis.ttl('greeting')) > 900);
    assert.equal(await redis.incr('n'), 1);
    assert.equal(await redis.incrby('n', 41), 42);
    assert.equal(await redis.expire('n', 1000), 1);
    assert.equal(await redis.get('absent'), null);
    assert.deepEqual(await redis.getBuffer('greeting'), Buffer.from('hello'));
  },
  async 'a pipeline'() {
    const pipeline = redis.pipeline();
    for (let i = 0; i < 1000; i++) pipeline.set(`key:${i}`, i).get(`key:${i}`);
    const replies = await pipeline.exec();
    assert.equal(replies.length, 2000);
    replies.forEach(([error, reply], i) => {
      assert.equal(error, null);
      assert.equal(reply, i % 2 ? String((i - 1) / 2) : 'OK');
    });
  },
  async 'automatic pipelining'() {
    const auto = new Redis({ host, port, enableAutoPipelining: true });
    const replies = await Promise.all(Array.from({ length: 500 }, (_, i) => auto.get(`key:${i}`)));
    assert.deepEqual(replies, Array.from({ length: 500 }, (_, i) => String(i)));
    await auto.quit();
  },
  async 'a scan'() {
    const seen = new Set();
    for await (const keys of redis.scanStream({ match: 'key:*', count: 50 }))
      keys.forEach((key) => seen.add(key));
    assert.equal(seen.size, 1000);
  },
  async 'publish and subscribe'() {
    const listener = redis.duplicate();
    const heard = new Promise((resolve) => listener.on('message', (...all) => resolve(all)));
    await listener.subscribe('news');
    assert.equal(await redis.publish('news', 'it works'), 1);
    assert.deepEqual(await heard, ['news', 'it works']);
    await listener.quit();
  },
  async 'an active object'() {
    assert.equal(await redis.call('ASO.PUT', 'object', counter), 'OK');
    assert.equal(await redis.get('object'), 'first 1');
    assert.equal(await redis.call('ASO.GET', 'object'), 'first 2');
    assert.equal(await redis.set('object', 'second'), 'OK');
    assert.equal(await redis.get('object'), 'second 3');
    assert.equal(await redis.call('ASO.CALL', 'object', 'add', '2', '40'), 42);
    await assert.rejects(redis.call('ASO.CALL', 'object', 'fail'), /on purpose/);
  },
}, () => redis.quit());
