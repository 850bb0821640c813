-- Sessions in three sets per user and type (Charon 3's layout). Needs functions:
-- Redis 7.
--
--   KEYS[1]  hash P.se.U.T        id -> stored session
--   KEYS[2]  sorted set P.e.U.T   id by expiry: the expiry index
--   KEYS[3]  hash P.l.U.T         id -> lock
--   KEYS[4]  string P.pl.U.T      prune lock: set while there is no need to prune
--   KEYS[5]  hash P.o.U.T         id -> write ring (obol's own, Charon has none)
--
-- Every function takes all five. A key expires with its longest session. A single
-- session expires when the index says so: until it is pruned it lies there, and
-- counts as missing. A tombstone expires the same way.
--
-- Functions, their ARGV and replies (texts are bulk strings; the rules behind the
-- words are those above, in this order):
--
--   upsert         id new_lock session expiry op deadline_ms
--                  LATE <server ms> | GONE | CORRUPT | DUP | CONFLICT | OLD |
--                  EXPIRED | OK. expiry: Unix seconds, later than the server's
--                  clock, else EXPIRED. op: 16 hex digits. deadline_ms: Unix
--                  milliseconds of the server's clock. Once an hour it also removes
--                  at most PRUNE_BATCH expired ids; are there more, so does the next.
--   upsert_charon  id new_lock session expiry now
--                  OK | CONFLICT | CORRUPT; what Charon's two calls do, bit for bit:
--                  no ring, no look at the clock, pruning by now (Unix seconds)
--   delete         id        1 if the session was there, else 0
--   delete_named   id...     number of sessions removed
--   delete_others  id        the same, for all but this one
--   delete_all               the same, for all
--   delete_charon  id        1 or 0; leaves no tombstone, as Charon does
--   delete_all_charon        number of sessions removed
--   resolve        id new_lock op deadline_ms
--                  PENDING | APPLIED | NOT_APPLIED | UNKNOWN
--   probe          expiry    OK | DENIED <command> | MISSING <command> | EXPIRED,
--                  on keys that nothing else uses; leaves nothing behind
--
-- A write takes several commands here, and an error does not undo the ones before
-- it. So every key is read before the first write: a key of another type ends the
-- call with nothing written. And each command is first used where it does no harm,
-- so an account that may not run one of them leaves no half session. Those that
-- delete leave a tombstone first, and may run when memory is full.

local PRUNE_INTERVAL_SECONDS = '3600'
local PRUNE_BATCH = 100

-- The entries of a ring that stay when one is added.
local NEWEST_ENTRIES = '^;[^;]*;[^;]*;[^;]*'

-- Bytes of an entry besides its version: ";", ":" and the operation id.
local ENTRY_BYTES = 18

-- -- the write ring -----------------------------------------------------------

-- Entries, newest first, each behind a ";". Versions fall from the front of a ring
-- to its end. So where the new version is as long as all of a full ring have on
-- average, each of them is as long, and the ring can be cut without looking into it.
local function ring_with(ring, version, op)
  if not ring then return ';' .. version .. ':' .. op end
  local entry = ENTRY_BYTES + #version
  if #ring == RING_SIZE * entry then
    return ';' .. version .. ':' .. op .. string.sub(ring, 1, (RING_SIZE - 1) * entry)
  end
  return ';' .. version .. ':' .. op .. (string.match(ring, NEWEST_ENTRIES) or ring)
end

-- Whether the newest entry of a ring is that of the stored lock: its writer was
-- obol then, not a Charon node.
local function is_newest(lock, ring)
  return lock and ring and string.sub(ring, 1, #lock + 2) == ';' .. lock .. ':'
end

-- Who wrote this version, by the ring: 'me', 'other', or 'unknown' when the ring
-- does not reach back that far. Entries leave the ring oldest first, so an entry
-- older than the version proves that op did not write it.
local function writer_of(version, op, ring)
  if not ring then return 'unknown' end
  local entry = ';' .. version .. ':'
  if string.find(ring, entry .. op, 1, true) then return 'me' end
  if string.find(ring, entry, 1, true) then return 'other' end
  local oldest = tonumber(string.match(ring, ';(%d+):%x*$'))
  if oldest and oldest < tonumber(version) then return 'other' end
  return 'unknown'
end

-- -- expiry -------------------------------------------------------------------

local function expire_at(time, ...)
  for _, key in ipairs({...}) do
    redis.call('EXPIREAT', key, time)
  end
end

local function longest_in(index)
  return redis.call('ZRANGE', index, '+inf', '-inf', 'BYSCORE', 'REV',
    'LIMIT', '0', '1', 'WITHSCORES')[2]
end

local function expire_with_longest(index, ...)
  local longest = longest_in(index)
  if longest then expire_at(longest, index, ...) end
end

-- -- pruning ------------------------------------------------------------------

local function claim_prune(prune_lock)
  return not redis.call('SET', prune_lock, '1', 'NX', 'GET', 'EX', PRUNE_INTERVAL_SECONDS)
end

-- Runs after the session is stored, so a failure must not look like a failed
-- write: the next prune does it. With more left than one portion the prune lock is
-- given back, and the next upsert goes on.
local function prune_portion(keys, now)
  local ids = redis.pcall('ZRANGE', keys[2], '-inf', now, 'BYSCORE',
    'LIMIT', '0', PRUNE_BATCH + 1)
  if ids.err or #ids == 0 then return end
  if #ids > PRUNE_BATCH then
    ids[#ids] = nil
    redis.pcall('DEL', keys[4])
  end
  redis.pcall('HDEL', keys[1], unpack(ids))
  redis.pcall('HDEL', keys[3], unpack(ids))
  redis.pcall('HDEL', keys[5], unpack(ids))
  redis.pcall('ZREM', keys[2], unpack(ids))
end

local function prune_as_charon(keys, now)
  local ids = redis.call('ZRANGE', keys[2], '-inf', '(' .. now, 'BYSCORE')
  in_portions(ids, function(portion)
    redis.call('HDEL', keys[1], unpack(portion))
    redis.call('ZREM', keys[2], unpack(portion))
    redis.call('HDEL', keys[3], unpack(portion))
  end)
end

-- -- writing ------------------------------------------------------------------

-- Every command is used on the index first, where it does no harm: an account that
-- may not run one of them finds out before the session is written.
local function store_as_charon(keys, id, session, new_lock, expiry)
  local sessions, index, locks = keys[1], keys[2], keys[3]
  local grows = tonumber(expiry) > redis.call('EXPIRETIME', sessions)
  redis.call('ZADD', index, expiry, id)
  if grows then redis.call('EXPIREAT', index, expiry) end
  redis.call('HSET', sessions, id, session)
  redis.call('HSET', locks, id, new_lock)
  if grows then
    redis.call('EXPIREAT', sessions, expiry)
    redis.call('EXPIREAT', locks, expiry)
  end
end

-- Likewise, with a ring; present is 1 if the id has a session, else 0. EXPIREAT does
-- no harm to sessions that are there either: they may only live longer. It does
-- nothing to a key without expiry, so EXPIRETIME decides where it did nothing. A
-- ring may be younger than the other keys and is always given their expiry.
local function store(keys, id, session, new_lock, expiry, ring, present)
  local sessions, index, locks, rings = keys[1], keys[2], keys[3], keys[5]
  local longest, is_set, alone = expiry, false, false
  if present == 1 then is_set = redis.call('EXPIREAT', sessions, expiry, 'GT') == 1 end
  local grows = is_set
  if not is_set then
    local before = redis.call('EXPIRETIME', sessions)
    grows = expiry - before > 0
    if not grows then longest = before end
    alone = before == -2
  end
  local added = redis.call('ZADD', index, expiry, id)
  -- Where there are no sessions there may be tombstones, which must live on.
  if alone then longest = longest_in(index) end
  if grows or added == 1 or present == 0 then redis.call('EXPIREAT', index, longest) end
  redis.call('HSET', sessions, id, session)
  redis.call('HSET', locks, id, new_lock)
  if grows then
    if not is_set then redis.call('EXPIREAT', sessions, longest) end
    redis.call('EXPIREAT', locks, longest)
  end
  redis.call('HSET', rings, id, ring)
  redis.call('EXPIREAT', rings, longest)
end

register('upsert', function(keys, args)
  local sessions, index, locks, prune_lock, rings = keys[1], keys[2], keys[3], keys[4], keys[5]
  local id, new_lock, expiry, op = args[1], args[2], args[4], args[5]
  local time = redis.call('TIME')
  local now = time[1]
  local too_late = late(time, args[6])
  if too_late then return too_late end
  local present = redis.call('HEXISTS', sessions, id) -- also for its type
  local expires_at = redis.call('ZSCORE', index, id)
  local lock = redis.call('HGET', locks, id)
  local ring = redis.call('HGET', rings, id)
  if expires_at and expires_at - now <= 0 then lock = false end
  local refused = refusal(lock, new_lock)
  if refused == 'TAKEN' then refused = ANSWER_TO_COPY[writer_of(new_lock, op, ring)] end
  if refused then return refused end
  if expiry - now <= 0 then return 'EXPIRED' end
  -- Asking is cheaper than claiming in vain. The first write is also the type check
  -- of its key; one that is held is not written to.
  local prune = redis.call('EXPIRETIME', prune_lock) < 0 and claim_prune(prune_lock)
  local new_ring = ring_with(lock and ring, new_lock, op)
  if expires_at == expiry and present == 1 and is_newest(lock, ring) then
    -- obol wrote this session last, and saw to it that no key expires before it.
    -- Whatever came after that keeps them at least as long as the index says.
    redis.call('HSET', sessions, id, args[3])
    redis.call('HSET', locks, id, new_lock)
    redis.call('HSET', rings, id, new_ring)
  else
    store(keys, id, args[3], new_lock, within_range(expiry), new_ring, present)
  end
  if prune then prune_portion(keys, now) end
  return 'OK'
end)

register('upsert_charon', function(keys, args)
  local sessions, index, locks, prune_lock = unpack(keys)
  local id, new_lock, now = args[1], args[2], args[5]
  redis.call('HEXISTS', sessions, id) -- for its type
  redis.call('ZSCORE', index, id) -- for its type
  local refused = charon_refusal(redis.call('HGET', locks, id), new_lock)
  local prune = claim_prune(prune_lock)
  if not refused then store_as_charon(keys, id, args[3], new_lock, args[4]) end
  if prune then prune_as_charon(keys, now) end
  return refused or 'OK'
end)

-- -- deleting -----------------------------------------------------------------

-- 1 if the id has a session that has not expired, else 0.
local function count_live(keys, id, now)
  local expires_at = redis.call('ZSCORE', keys[2], id)
  if redis.call('HEXISTS', keys[1], id) == 0 then return 0 end
  if expires_at and tonumber(expires_at) <= now then return 0 end
  return 1
end

-- Reads those keys that count_live does not.
local function check_types(keys, id)
  redis.call('HEXISTS', keys[3], id)
  redis.call('HEXISTS', keys[5], id)
end

local function bury(keys, ids, now)
  local sessions, index, locks, _, rings = unpack(keys)
  in_portions(ids, function(portion)
    local tombstones, scores = {}, {}
    for i, id in ipairs(portion) do
      tombstones[2 * i - 1], tombstones[2 * i] = id, TOMBSTONE
      scores[2 * i - 1], scores[2 * i] = now + TOMBSTONE_SECONDS, id
    end
    redis.call('HSET', locks, unpack(tombstones))
    redis.call('ZADD', index, unpack(scores))
    redis.call('HDEL', sessions, unpack(portion))
    redis.call('HDEL', rings, unpack(portion))
  end)
  expire_with_longest(index, sessions, locks, rings)
end

-- The ids of live sessions as the keys of a table, and their number.
local function live_ids(keys, now)
  local expires_at, live, count = {}, {}, 0
  local index = redis.call('ZRANGE', keys[2], '-inf', '+inf', 'BYSCORE', 'WITHSCORES')
  for i = 1, #index, 2 do
    expires_at[index[i]] = tonumber(index[i + 1])
  end
  for _, id in ipairs(redis.call('HKEYS', keys[1])) do
    if (expires_at[id] or now + 1) > now then
      live[id], count = true, count + 1
    end
  end
  return live, count
end

-- Every id of which a set has a trace, but for one; and how many are live.
local function ids_but(keys, kept, now)
  local live, count = live_ids(keys, now)
  if live[kept] then count = count - 1 end
  local ids, seen = {}, {[kept] = true}
  for _, key in ipairs({keys[1], keys[3], keys[5]}) do
    for _, id in ipairs(redis.call('HKEYS', key)) do
      if not seen[id] then
        seen[id] = true
        ids[#ids + 1] = id
      end
    end
  end
  return ids, count
end

register('delete', function(keys, args)
  local now = server_time()
  local live = count_live(keys, args[1], now)
  check_types(keys, args[1])
  bury(keys, {args[1]}, now)
  return live
end, {'allow-oom'})

register('delete_named', function(keys, args)
  local now, live = server_time(), 0
  for _, id in ipairs(args) do
    live = live + count_live(keys, id, now)
  end
  check_types(keys, args[1] or '')
  bury(keys, args, now)
  return live
end, {'allow-oom'})

register('delete_others', function(keys, args)
  local now = server_time()
  local ids, live = ids_but(keys, args[1], now)
  bury(keys, ids, now)
  return live
end, {'allow-oom'})

register('delete_all', function(keys)
  local now = server_time()
  local ids, live = ids_but(keys, '', now)
  bury(keys, ids, now)
  return live
end, {'allow-oom'})

register('delete_charon', function(keys, args)
  local sessions, index, locks = unpack(keys)
  local live = count_live(keys, args[1], server_time())
  redis.call('HEXISTS', locks, args[1]) -- for its type
  redis.call('HDEL', sessions, args[1])
  redis.call('HDEL', locks, args[1])
  redis.call('ZREM', index, args[1])
  expire_with_longest(index, sessions, locks)
  return live
end, {'allow-oom'})

register('delete_all_charon', function(keys)
  local _, live = live_ids(keys, server_time())
  redis.call('DEL', keys[2], keys[1], keys[3])
  return live
end, {'allow-oom'})

-- -- asking -------------------------------------------------------------------

-- What the ring says stays true when the session has expired, so the index is not
-- asked.
register('resolve', function(keys, args)
  local _, now_ms = server_time()
  local lock = redis.call('HGET', keys[3], args[1])
  local ring = redis.call('HGET', keys[5], args[1])
  local outcome = resolution(lock, args[2], args[4], now_ms)
  if outcome == 'TAKEN' then outcome = ANSWER_IN_DOUBT[writer_of(args[2], args[3], ring)] end
  return outcome
end, {'no-writes'})

-- HGETALL is not used above: the store itself sends it, as the same user.
register('probe', function(keys, args)
  local sessions, index, locks, prune_lock, rings = unpack(keys)
  return self_test(args[1], {
    {'TIME'},
    {'SET', prune_lock, '1', 'NX', 'GET', 'EX', PRUNE_INTERVAL_SECONDS},
    {'HSET', sessions, 'probe', '1'},
    {'HSET', locks, 'probe', '1'},
    {'HSET', rings, 'probe', '1'},
    {'ZADD', index, args[1], 'probe'},
    {'EXPIRETIME', sessions},
    {'EXPIREAT', sessions, args[1]},
    {'HGET', sessions, 'probe'},
    {'HEXISTS', sessions, 'probe'},
    {'HKEYS', sessions},
    {'HGETALL', sessions},
    {'ZSCORE', index, 'probe'},
    {'ZRANGE', index, '-inf', '+inf', 'BYSCORE', 'WITHSCORES'},
    {'ZREM', index, 'probe'},
    {'HDEL', sessions, 'probe'},
    {'DEL', sessions, index, locks, prune_lock, rings},
  })
end, {'allow-oom'})
