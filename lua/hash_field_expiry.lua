-- Sessions in one hash per user and type (Charon 4's layout), each field with its
-- own expiry. Needs HSETEX: Redis 8, Valkey 9.
--
--   KEYS[1]         hash P.U.T (key prefix, user id, type)
--     <id>          stored session
--     l.<id>        lock
--     l.l.<id>.<n>  slot n of the write ring, 0 to 3: the last write whose version
--                   is n modulo 4
--
-- Functions, their ARGV and replies (texts are bulk strings; the rules behind the
-- words are those above, in this order):
--
--   upsert         id new_lock session expiry entry times slot old_lock
--                  LATE <server ms> | GONE | CORRUPT | DUP | CONFLICT | OLD |
--                  EXPIRED | OK. expiry: Unix seconds, later than the server's
--                  clock, else EXPIRED. The rest is worked out by the caller, since
--                  the server has less time. entry: "<new_lock>:<op>", op being 16
--                  hex digits. times: "<easy_ms>:<deadline_ms>", Unix milliseconds
--                  of the server's clock; up to easy_ms (0: not at all) the times
--                  need no closer look: it is at most deadline_ms - 1000 and
--                  (expiry - 31) * 1000. slot: its field. old_lock: new_lock - 1.
--   upsert_charon  id new_lock session expiry
--                  OK | CONFLICT | CORRUPT, by Charon's rule, bit for bit: no ring,
--                  no look at the clock
--   delete         id        1 if the session was there, else 0
--   delete_named   id...     number of sessions removed
--   delete_others  id        the same, for all but this one
--   delete_all               the same, for all
--   delete_charon  id        1 or 0; leaves no tombstone, as Charon does
--   delete_all_charon        number of sessions removed
--   resolve        id new_lock op deadline_ms
--                  PENDING | APPLIED | NOT_APPLIED | UNKNOWN
--   probe          expiry    OK | DENIED <command> | MISSING <command> | EXPIRED,
--                  on a key that nothing else uses; leaves nothing behind
--
-- A function writes once, after every check, so an error means nothing was
-- written; but where a session ends soon, its slot is written first. Those that
-- delete leave a tombstone first, and may run when memory is full. Expired fields
-- are absent for every command used here, but HDEL and HLEN may still count them:
-- neither is asked for a number.

-- So long a write is remembered at least, even where its session ends sooner: no
-- copy of it is under way any more when its slot expires.
local SLOT_SECONDS = TOMBSTONE_SECONDS

-- Bytes of times where both are as long as milliseconds are from 2001 to 2286. Only
-- then do they compare with a time in seconds, as texts.
local TIMES_BYTES = 27

local function lock_field(id)
  return 'l.' .. id
end

local function slot_field(id, n)
  return 'l.l.' .. id .. '.' .. n
end

-- -- the write ring -----------------------------------------------------------

-- The version and the operation id in each slot, by its number. What is newer than
-- the lock is left of an earlier session of this id, which had a later expiry.
local function read_slots(key, id, lock)
  local texts = redis.call('HMGET', key, slot_field(id, 0), slot_field(id, 1),
    slot_field(id, 2), slot_field(id, 3))
  local versions, ops = {}, {}
  for n = 0, RING_SIZE - 1 do
    local version, op = string.match(texts[n + 1] or '', '^(%d+):(%x+)$')
    version = tonumber(version)
    if version and version <= tonumber(lock) and version % RING_SIZE == n then
      versions[n], ops[n] = version, op
    end
  end
  return versions, ops
end

-- Who wrote this version, which the lock has reached. A slot is only ever
-- overwritten by a later version, so a slot with an earlier one proves that op did
-- not write it. So does an empty slot beside an earlier write, as long as it cannot
-- have expired: is_recent says that.
local function writer_of(version, op, key, id, lock, is_recent)
  local versions, ops = read_slots(key, id, lock)
  local wanted = tonumber(version)
  local n = wanted % RING_SIZE
  local written = versions[n]
  if written == wanted then return ops[n] == op and 'me' or 'other' end
  if written then return written < wanted and 'other' or 'unknown' end
  for _, other in pairs(versions) do
    if is_recent and other < wanted then return 'other' end
  end
  return 'unknown'
end

-- -- writing ------------------------------------------------------------------

-- The slot first: without its session it is newer than the lock, and no witness.
local function store(key, args, seconds_left)
  local id, session, expiry, slot, entry = args[1], args[3], within_range(args[4]), args[7], args[5]
  if seconds_left <= SLOT_SECONDS then
    redis.call('HSETEX', key, 'EX', SLOT_SECONDS, 'FIELDS', '1', slot, entry)
    redis.call('HSETEX', key, 'EXAT', expiry, 'FIELDS', '2', id, session, lock_field(id), args[2])
  else
    redis.call('HSETEX', key, 'EXAT', expiry, 'FIELDS', '3', id, session, lock_field(id), args[2],
      slot, entry)
  end
end

-- An upsert for which the simple questions had not the simple answers.
local function upsert_with_care(key, args, time, lock)
  local too_late = late(time, string.match(args[6], '%d+$'))
  if too_late then return too_late end
  local refused = refusal(lock, args[2])
  if refused == 'TAKEN' then
    local op = string.match(args[5], '%x+$')
    refused = ANSWER_TO_COPY[writer_of(args[2], op, key, args[1], lock, true)]
  end
  if refused then return refused end
  -- HSETEX answers success to an expiry in the past and deletes the fields.
  local seconds_left = args[4] - time[1]
  if seconds_left <= 0 then return 'EXPIRED' end
  store(key, args, seconds_left)
  return 'OK'
end

register('upsert', function(keys, args)
  local call, key, id, times = redis.call, keys[1], args[1], args[6]
  local time = call('TIME')
  local lock_of = 'l.' .. id -- lock_field, written out for the most frequent call
  local lock = call('HGET', key, lock_of)
  if (lock or '0') ~= args[8] or lock == TOMBSTONE or times <= time[1] or #times ~= TIMES_BYTES then
    return upsert_with_care(key, args, time, lock)
  end
  call('HSETEX', key, 'EXAT', args[4], 'FIELDS', '3', id, args[3], lock_of, args[2],
    args[7], args[5])
  return 'OK'
end)

register('upsert_charon', function(keys, args)
  local key, id, new_lock = keys[1], args[1], args[2]
  local lock_of = lock_field(id)
  local refused = charon_refusal(redis.call('HGET', key, lock_of), new_lock)
  if refused then return refused end
  redis.call('HSETEX', key, 'EXAT', args[4], 'FIELDS', '2', id, args[3], lock_of, new_lock)
  return 'OK'
end)

-- -- deleting -----------------------------------------------------------------

local function bury(key, ids)
  in_portions(ids, function(portion)
    local tombstones, fields = {}, {}
    for i, id in ipairs(portion) do
      tombstones[2 * i - 1], tombstones[2 * i] = lock_field(id), TOMBSTONE
      fields[#fields + 1] = id
      for n = 0, RING_SIZE - 1 do
        fields[#fields + 1] = slot_field(id, n)
      end
    end
    redis.call('HSETEX', key, 'EX', TOMBSTONE_SECONDS, 'FIELDS', #portion, unpack(tombstones))
    redis.call('HDEL', key, unpack(fields))
  end)
end

-- Every id of which the hash has a trace, but for one; and how many have a session.
local function ids_but(key, kept)
  local ids, seen, sessions = {}, {}, 0
  for _, field in ipairs(redis.call('HKEYS', key)) do
    local id = string.match(field, '^l%.l%.(.*)%.[0-3]$')
      or string.match(field, '^l%.(.*)$') or field
    if id ~= kept then
      if id == field then sessions = sessions + 1 end
      if not seen[id] then
        seen[id] = true
        ids[#ids + 1] = id
      end
    end
  end
  return ids, sessions
end

register('delete', function(keys, args)
  local present = redis.call('HEXISTS', keys[1], args[1])
  bury(keys[1], {args[1]})
  return present
end, {'allow-oom'})

register('delete_named', function(keys, args)
  local sessions = 0
  for _, id in ipairs(args) do
    sessions = sessions + redis.call('HEXISTS', keys[1], id)
  end
  bury(keys[1], args)
  return sessions
end, {'allow-oom'})

register('delete_others', function(keys, args)
  local ids, sessions = ids_but(keys[1], args[1])
  bury(keys[1], ids)
  return sessions
end, {'allow-oom'})

register('delete_all', function(keys)
  local ids, sessions = ids_but(keys[1], nil)
  bury(keys[1], ids)
  return sessions
end, {'allow-oom'})

register('delete_charon', function(keys, args)
  local present = redis.call('HEXISTS', keys[1], args[1])
  redis.call('HDEL', keys[1], args[1], lock_field(args[1]))
  return present
end, {'allow-oom'})

register('delete_all_charon', function(keys)
  local _, sessions = ids_but(keys[1], nil)
  redis.call('DEL', keys[1])
  return sessions
end, {'allow-oom'})

-- -- asking -------------------------------------------------------------------

register('resolve', function(keys, args)
  local key, id, new_lock, op, deadline = keys[1], args[1], args[2], args[3], args[4]
  local _, now_ms = server_time()
  local lock = redis.call('HGET', key, lock_field(id))
  local outcome = resolution(lock, new_lock, deadline, now_ms)
  if outcome == 'TAKEN' then
    -- A slot lives as long as a tombstone, so what proves the one proves the other.
    local is_recent = now_ms - deadline <= TOMBSTONE_PROOF_MS
    outcome = ANSWER_IN_DOUBT[writer_of(new_lock, op, key, id, lock, is_recent)]
  end
  return outcome
end, {'no-writes'})

-- HGETALL is not used above: the store itself sends it, as the same user.
register('probe', function(keys, args)
  local key = keys[1]
  return self_test(args[1], {
    {'TIME'},
    {'HSETEX', key, 'EXAT', args[1], 'FIELDS', '1', 'probe', '1'},
    {'HSETEX', key, 'EX', TOMBSTONE_SECONDS, 'FIELDS', '1', 'l.probe', '1'},
    {'HGET', key, 'probe'},
    {'HMGET', key, 'probe', 'l.probe'},
    {'HEXISTS', key, 'probe'},
    {'HKEYS', key},
    {'HGETALL', key},
    {'HDEL', key, 'probe'},
    {'DEL', key},
  })
end, {'allow-oom'})
